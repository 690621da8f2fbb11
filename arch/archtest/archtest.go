// Package archtest is the contract that every variant of the U-Net must pass.
// A new variant gets it in one line:
//
//	func TestArch(t *testing.T) { archtest.Run(t, mine.Arch) }
package archtest

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"unetbench/arch"
	"unetbench/graph"
)

// Run checks a against the contract.
func Run(t *testing.T, a arch.Arch) { run(t, a, false) }

// RunOwn does so for a variant with a decoder of its own: only the parameters
// of the contraction are those that all variants share, and there may be joins
// beside those of the levels.
func RunOwn(t *testing.T, a arch.Arch) { run(t, a, true) }

func run(t *testing.T, a arch.Arch, own bool) {
	t.Run("doc", func(t *testing.T) {
		if a.Name() == "" || strings.ContainsAny(a.Name(), " /_") || strings.ToLower(a.Name()) != a.Name() {
			t.Errorf("name %q: want lower-case words joined by dashes, since it is a flag's value and a key of records", a.Name())
		}
		if a.Doc() == "" || strings.ContainsAny(a.Doc(), "\n.") {
			t.Errorf("doc %q: want one phrase without a full stop", a.Doc())
		}
	})
	for _, c := range Configs() {
		t.Run(Name(c), func(t *testing.T) { check(t, a, c, own) })
	}
	t.Run("misuse", func(t *testing.T) { misuse(t, a) })
}

// Configs are the configurations that every variant must build: all kinds of
// upsampling, and each other setting at least twice.
func Configs() []arch.Config {
	var all []arch.Config
	for i, up := range arch.Ups() {
		for pools := 1; pools <= 4; pools++ {
			c := arch.Default()
			c.Up, c.Pools = up, pools
			c.In, c.Classes, c.Width = 1+2*(pools%2), 2+i%2, 2+pools
			c.Norm = arch.Norms()[(i+pools)%4]
			c.Padding = graph.Padding((i + pools) % 4)
			c.Interp = graph.Interp((i + pools) % 3)
			c.Dropout = float64(pools%2) / 2
			all = append(all, c)
		}
	}
	return append(all, arch.Default(), arch.Ronneberger2015())
}

// Name is a name for c among the subtests.
func Name(c arch.Config) string {
	return fmt.Sprintf("pools=%d,up=%v,norm=%v,padding=%v,interp=%v,width=%d", c.Pools, c.Up, c.Norm, c.Padding, c.Interp, c.Width)
}

func check(t *testing.T, a arch.Arch, c arch.Config, own bool) {
	g, err := a.Build(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Check(); err != nil {
		t.Fatal(err)
	}
	if g.Name != a.Name() {
		t.Errorf("the graph is called %q, the variant %q", g.Name, a.Name())
	}
	want, got := common(t, c), g.Params
	if own {
		want, got = contraction(want), contraction(got)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parameters differ from those that all variants share (-want +got):\n%s", diff)
	}
	joins := 0
	for _, n := range g.Nodes {
		if n.Op == graph.Concat {
			joins++
		}
	}
	if joins != c.Pools && !(own && joins > c.Pools) {
		t.Errorf("%d joins at %d poolings", joins, c.Pools)
	}
	sizes, err := g.Sizes()
	if err != nil {
		t.Fatal(err)
	}
	if want := 1 << c.Pools; sizes.H.Step != want || sizes.W != sizes.H {
		t.Errorf("legal sizes %v, want a step of %d on both axes", sizes, want)
	}
	f := g.Footprint()
	for k := range 3 {
		in := graph.Size{H: sizes.H.Min + k*sizes.H.Step, W: sizes.W.Min + 2*sizes.W.Step}
		legal(t, g, c, in, f, joins)
	}
	if off := (graph.Size{H: sizes.H.Min + sizes.H.Step + 1, W: sizes.W.Min}); g.CheckLegal(off) == nil {
		t.Errorf("%v passes for legal", off)
	} else if want := fmt.Sprint(sizes.H.Above(off.H)); !strings.Contains(g.CheckLegal(off).Error(), want) {
		t.Errorf("%v does not name %s, the next legal height", g.CheckLegal(off), want)
	}
	if g.ParamCount() < 1<<20 { // a larger network says nothing new
		weights(t, g)
	}
}

// legal checks what must hold at a legal size.
func legal(t *testing.T, g *graph.Graph, c arch.Config, in graph.Size, f graph.Footprint, joins int) {
	t.Helper()
	if err := g.CheckLegal(in); err != nil {
		t.Error(err)
	}
	shapes, err := g.Infer(in)
	if err != nil {
		t.Fatal(err)
	}
	want := graph.Shape{C: c.Classes, H: in.H - f.H.Shrink, W: in.W - f.W.Shrink}
	if got := shapes[g.Output().ID]; got != want {
		t.Errorf("input %v: output %v, want %v", in, got, want)
	}
	for _, n := range g.Nodes {
		s := shapes[n.ID]
		if s.Len() < 1 {
			t.Errorf("input %v: %s is empty: %v", in, n.Name, s)
		}
		if n.Op == graph.MaxPool {
			if x := shapes[n.In[0].ID]; x.H != 2*s.H || x.W != 2*s.W {
				t.Errorf("input %v: %s floors %v to %v", in, n.Name, x, s)
			}
		}
	}
	for i, cost := range g.Costs(shapes) {
		n := g.Nodes[i]
		if n.Op == graph.Input || n.Op == graph.Dropout {
			continue
		}
		if cost.Bytes <= 0 || cost.MACs < 0 || cost.Interp < 0 {
			t.Errorf("%s (%v): cost %+v", n.Name, n.Op, cost)
		}
		if (n.Op == graph.Conv || n.Op == graph.ConvTranspose) != (cost.MACs > 0) {
			t.Errorf("%s (%v): cost %+v", n.Name, n.Op, cost)
		}
	}
	total, err := g.TotalCost(in)
	if err != nil || total.Params != int64(g.ParamCount()) {
		t.Errorf("total %+v, %v; %d parameters", total, err, g.ParamCount())
	}
	gaps, err := g.Misregistrations(in)
	if err != nil || len(gaps) != joins {
		t.Errorf("%d misregistrations at %d joins, %v", len(gaps), joins, err)
	}
}

// weights checks the start of the parameters.
func weights(t *testing.T, g *graph.Graph) {
	t.Helper()
	w := g.InitWeights(7)
	for i, p := range g.Params {
		sum := 0.0
		for _, v := range w[i] {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				t.Fatalf("%s starts with %v", p.Name, v)
			}
			d := float64(v) - float64(float32(p.Init.Mean))
			sum += float64(d * d)
		}
		n := float64(len(w[i]) / max(p.Init.Repeat, 1)) // independent draws
		if len(w[i]) != p.Len() {
			t.Fatalf("%s: %d values, want %d", p.Name, len(w[i]), p.Len())
		}
		// A variance from n draws is off by √(2/n) of itself.
		got, want := sum/float64(len(w[i])), p.Init.Std*p.Init.Std
		if math.Abs(got-want) > 6*want*math.Sqrt(2/n) {
			t.Errorf("%s starts with variance %g, want %g", p.Name, got, want)
		}
	}
}

// common is the parameter list that the configuration alone determines.
func common(t *testing.T, c arch.Config) []graph.Param {
	t.Helper()
	g, err := arch.UNet("common", c, arch.Wiring{
		Join: func(b *arch.Builder, at string, up, enc *graph.Node) *graph.Node {
			return b.Add(at+".concat", graph.Concat, graph.Node{}, enc, up)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return g.Params
}

// contraction are the parameters of the encoder.
func contraction(all []graph.Param) []graph.Param {
	var enc []graph.Param
	for _, p := range all {
		if strings.HasPrefix(p.Name, "enc") {
			enc = append(enc, p)
		}
	}
	return enc
}

// misuse checks that a wrong configuration is an error that names the flag,
// the value and the remedy.
func misuse(t *testing.T, a arch.Arch) {
	for _, x := range []struct {
		set  func(*arch.Config)
		want []string
	}{
		{func(c *arch.Config) { c.In = 0 }, []string{"image channels 0", "want 1"}},
		{func(c *arch.Config) { c.Classes = 1 }, []string{"--classes 1", "want 2"}},
		{func(c *arch.Config) { c.Classes = -3 }, []string{"--classes -3", "want 2"}},
		{func(c *arch.Config) { c.Pools = 0 }, []string{"--pools 0", "want 1 to"}},
		{func(c *arch.Config) { c.Pools = 40 }, []string{"--pools 40", "want 1 to"}},
		{func(c *arch.Config) { c.Width = 0 }, []string{"--width 0", "want 1"}},
		{func(c *arch.Config) { c.Width = -8 }, []string{"--width -8", "want 1"}},
		{func(c *arch.Config) { c.Width = 1 << 40 }, []string{"--width", "or less"}},
		{func(c *arch.Config) { c.Up = 99 }, []string{"--up", "transposed"}},
		{func(c *arch.Config) { c.Norm = 99 }, []string{"--norm", "batch"}},
		{func(c *arch.Config) { c.Padding = 99 }, []string{"--padding", "reflect"}},
		{func(c *arch.Config) { c.Interp = 99 }, []string{"--interp", "nearest"}},
		{func(c *arch.Config) { c.Dropout = 1 }, []string{"dropout", "below 1"}},
		{func(c *arch.Config) { c.Dropout = math.NaN() }, []string{"dropout", "below 1"}},
	} {
		c := arch.Default()
		x.set(&c)
		g, err := a.Build(c)
		if err == nil || g != nil {
			t.Errorf("%+v: built, want an error with %q", c, x.want)
			continue
		}
		for _, w := range append(x.want, a.Name()) {
			if !strings.Contains(err.Error(), w) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%+v: error %q, want one line with %q", c, err, w)
			}
		}
	}
	g, err := a.Build(arch.Default())
	if err != nil {
		t.Fatal(err)
	}
	sizes, err := g.Sizes()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{-5, 0, 1} {
		_, err := g.Infer(graph.Square(n))
		if err == nil || !strings.Contains(err.Error(), fmt.Sprint(sizes.H.Min)) || !strings.HasPrefix(err.Error(), a.Name()+": ") {
			t.Errorf("input side %d: error %v, want one that names %d, the least legal side", n, err, sizes.H.Min)
		}
	}
}
