package bench

import (
	"fmt"
	"image"
	"math"
	"testing"

	"pgregory.net/rapid"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
	"unetbench/internal/tile"
)

func wired(t testing.TB, a arch.Arch, c arch.Config) (*graph.Graph, tile.Geometry) {
	t.Helper()
	g, err := a.Build(c)
	if err != nil {
		t.Fatal(err)
	}
	geometry, err := tile.NewGeometry(g)
	if err != nil {
		t.Fatal(err)
	}
	return g, geometry
}

func narrow(pools int) arch.Config {
	c := arch.Default()
	c.Pools, c.Width = pools, 2
	return c
}

func cost(t testing.TB, g *graph.Graph, plan *tile.Plan, err error) Overlap {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	o, err := OverlapCost(g, plan)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// mark counts as OverlapCost does, by writing down every position of every tile.
func mark(g *graph.Graph, plan *tile.Plan) (inside, border, repeated []int64, err error) {
	type place struct {
		y, x   float64
		py, px int // phase of the tile
		own    int
	}
	n := len(g.Nodes)
	inside, border, repeated = make([]int64, n), make([]int64, n), make([]int64, n)
	step := g.Footprint().H.Step
	for id, node := range g.Nodes {
		seen := map[place]bool{}
		for k, t := range plan.Tiles {
			size := graph.Size{H: t.Read.Dy(), W: t.Read.Dx()}
			shapes, err := g.Infer(size)
			if err != nil {
				return nil, nil, nil, err
			}
			at, err := g.Coordinates(size)
			if err != nil {
				return nil, nil, nil, err
			}
			per := (g.Costs(shapes)[id].MACs + g.Costs(shapes)[id].Interp) / int64(shapes[id].H*shapes[id].W)
			if per == 0 {
				continue
			}
			own := 0
			if behindResize(node) {
				own = k + 1
			}
			for i := range shapes[id].H {
				for j := range shapes[id].W {
					p := place{float64(t.Read.Min.Y) + at[id].H.At(float64(i)), float64(t.Read.Min.X) + at[id].W.At(float64(j)),
						((t.Read.Min.Y % step) + step) % step, ((t.Read.Min.X % step) + step) % step, own}
					b := plan.Bounds
					switch {
					case seen[p]:
						repeated[id] += per
					case p.y >= -.5 && p.y < float64(b.Dy())-.5 && p.x >= -.5 && p.x < float64(b.Dx())-.5:
						inside[id] += per
					default:
						border[id] += per
					}
					seen[p] = true
				}
			}
		}
	}
	return inside, border, repeated, nil
}

func behindResize(n *graph.Node) bool {
	if n.Op == graph.Resize && n.Like != nil {
		return true
	}
	for _, o := range n.In {
		if behindResize(o) {
			return true
		}
	}
	return false
}

func TestOverlapByMarking(t *testing.T) {
	type net struct {
		g        *graph.Graph
		geometry tile.Geometry
	}
	var nets []net
	for _, a := range []arch.Arch{valid.Arch, padded.Arch, resized.Skip, resized.Up} {
		g, geometry := wired(t, a, narrow(1))
		nets = append(nets, net{g, geometry})
	}
	c := narrow(2)
	c.Up = arch.UpBilinear
	g, geometry := wired(t, valid.Arch, c)
	nets = append(nets, net{g, geometry})
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom(nets).Draw(t, "net")
		sizes, err := n.g.Sizes()
		if err != nil {
			t.Fatal(err)
		}
		side := sizes.H.Above(sizes.H.Min + rapid.IntRange(0, 12).Draw(t, "more"))
		size := graph.Size{H: rapid.IntRange(1, 40).Draw(t, "h"), W: rapid.IntRange(1, 40).Draw(t, "w")}
		plan, err := tile.New(size, n.geometry, tile.Spec{Tile: side, Overlap: rapid.IntRange(0, 6).Draw(t, "overlap")})
		if err != nil {
			t.Skip(err)
		}
		if rapid.Bool().Draw(t, "off the step") && len(plan.Tiles) > 1 {
			for i := range plan.Tiles { // move the second row and column by 1
				if plan.Tiles[i].Read.Min.Y != plan.Tiles[0].Read.Min.Y {
					plan.Tiles[i].Read = plan.Tiles[i].Read.Add(image.Pt(0, -1))
				}
				if plan.Tiles[i].Read.Min.X != plan.Tiles[0].Read.Min.X {
					plan.Tiles[i].Read = plan.Tiles[i].Read.Add(image.Pt(-1, 0))
				}
			}
		}
		got, err := OverlapCost(n.g, plan)
		if err != nil {
			t.Fatal(err)
		}
		inside, border, repeated, err := mark(n.g, plan)
		if err != nil {
			t.Fatal(err)
		}
		for id, node := range got.Nodes {
			w := node.MACs.plus(node.Interp)
			if (w != Work{inside[id], border[id], repeated[id]}) {
				t.Fatalf("%s, %v px, %d tiles of %d px: %s has %+v; marking gives %d, %d, %d",
					n.g.Name, size, len(plan.Tiles), side, node.Node, w, inside[id], border[id], repeated[id])
			}
		}
	})
}

// Whatever the split, the total is what the tiles cost one by one; a single tile
// repeats nothing, and neither do tiles off each other's step.
func TestOverlapLaws(t *testing.T) {
	for _, a := range []arch.Arch{valid.Arch, padded.Arch, resized.Skip, resized.Up, valid.NoSkip} {
		g, geometry := wired(t, a, arch.Default())
		sizes, _ := g.Sizes()
		for _, spec := range []tile.Spec{{}, {Tile: sizes.H.Above(204)}, {Tile: sizes.H.Above(204), Overlap: 32}} {
			plan, err := tile.New(graph.Size{H: 256, W: 300}, geometry, spec)
			o := cost(t, g, plan, err)
			var macs, interp int64
			for _, tl := range plan.Tiles {
				c, err := g.TotalCost(graph.Size{H: tl.Read.Dy(), W: tl.Read.Dx()})
				if err != nil {
					t.Fatal(err)
				}
				macs, interp = macs+c.MACs, interp+c.Interp
			}
			if o.MACs.Total() != macs || o.Interp.Total() != interp {
				t.Errorf("%s %+v: %d + %d, tile by tile %d + %d", g.Name, spec, o.MACs.Total(), o.Interp.Total(), macs, interp)
			}
			if len(plan.Tiles) == 1 && o.MACs.Repeated != 0 {
				t.Errorf("%s: a single tile repeats %+v", g.Name, o.MACs)
			}
			var levels Work
			for _, l := range o.Levels() {
				levels = levels.plus(l.MACs)
			}
			if levels != o.MACs {
				t.Errorf("%s: levels sum to %+v, not %+v", g.Name, levels, o.MACs)
			}
		}
	}

	g, geometry := wired(t, valid.Arch, arch.Ronneberger2015())
	on, err := tile.At(graph.Square(772), geometry, 572, []int{0, 384}, []int{0, 384})
	shared := cost(t, g, on, err)
	off, err := tile.At(graph.Square(776), geometry, 572, []int{0, 388}, []int{0, 388}) // the paper's own stride
	alone := cost(t, g, off, err)
	if shared.MACs.Repeated == 0 || alone.MACs.Repeated != 0 {
		t.Errorf("stride 384 repeats %d, stride 388 %d", shared.MACs.Repeated, alone.MACs.Repeated)
	}
}

// A padded net over a legal image computes nothing outside it and nothing twice;
// tiles repeat more the more they overlap.
func TestOverlapGrows(t *testing.T) {
	g, geometry := wired(t, padded.Arch, arch.Default())
	plan, err := tile.Whole(graph.Square(256), geometry)
	if o := cost(t, g, plan, err); o.MACs.Border != 0 || o.MACs.Repeated != 0 {
		t.Errorf("padded whole: %+v", o.MACs)
	}
	g, geometry = wired(t, valid.Arch, arch.Default())
	points, err := CostCurve(g, geometry, graph.Square(512), []int{0, 204, 205, 300}, []int{0, 16, 32, 64, 400})
	if err != nil {
		t.Fatal(err)
	}
	last := map[int]CostPoint{}
	for _, p := range points {
		if p.Tile == 205 || p.Overlap == 400 {
			t.Errorf("impossible plan counted: tile %d, overlap %d", p.Tile, p.Overlap)
		}
		if l, ok := last[p.Tile]; ok && (p.Cost.MACs.Repeated < l.Cost.MACs.Repeated || p.Cost.MACs.Inside != l.Cost.MACs.Inside) {
			t.Errorf("tile %d: overlap %d costs %+v, overlap %d %+v", p.Tile, l.Overlap, l.Cost.MACs, p.Overlap, p.Cost.MACs)
		}
		last[p.Tile] = p
	}
	if len(last) != 3 || last[0].Cost.MACs.Repeated != 0 || last[204].Cost.MACs.Total() <= last[0].Cost.MACs.Total() {
		t.Errorf("curve %+v", last)
	}
}

// Known numbers of the original network, against padded at .734 MMAC per pixel.
func TestOverlapOfThePaper(t *testing.T) {
	paper := arch.Ronneberger2015()
	v, vg := wired(t, valid.Arch, paper)
	p, pg := wired(t, padded.Arch, paper)
	isbi := graph.Square(512)
	plan, err := tile.Whole(isbi, pg)
	base := cost(t, p, plan, err)
	perPx := float64(base.MACs.Total()) / float64(base.Pixels)
	if !near64(perPx/1e6, .734, .0005) {
		t.Errorf("padded: %.4f MMAC/px, want .734", perPx/1e6)
	}
	for in, want := range map[int]float64{316: 2.36, 444: 1.58, 572: 1.36, 1020: 1.16, 2044: 1.07} {
		plan, err := tile.Whole(graph.Square(in-184), vg)
		o := cost(t, v, plan, err)
		if got := float64(o.MACs.Total()) / float64(o.Pixels) / perPx; !near64(got, want, .0055) {
			t.Errorf("valid %d: %.3f times padded, want %.2f", in, got, want)
		}
	}
	four, err := tile.New(isbi, vg, tile.Spec{Tile: 572})
	o := cost(t, v, four, err)
	if got := float64(o.MACs.Total()) / float64(base.MACs.Total()); len(four.Tiles) != 4 || !near64(got, 3.13, .005) {
		t.Errorf("%d tiles of 572: %.3f times padded, want 4 and 3.13", len(four.Tiles), got)
	}
	if px := 4 * 572 * 572 / float64(512*512); !near64(px, 4.99, .005) {
		t.Errorf("four tiles read %.3f px per pixel", px)
	}
	one, err := tile.Whole(isbi, vg)
	whole := cost(t, v, one, err)
	if got := float64(whole.MACs.Total()) / float64(base.MACs.Total()); one.Tiles[0].Read.Dx() != 700 || !near64(got, 1.28, .005) {
		t.Errorf("one tile of %v: %.3f times padded, want 700 and 1.28", one.Tiles[0].Read.Size(), got)
	}
	// Sharing would bring the four tiles down to the one.
	if o.MACs.Inside != whole.MACs.Inside || o.MACs.Border != whole.MACs.Border {
		t.Errorf("four tiles: %+v; one: %+v", o.MACs, whole.MACs)
	}
}

func TestOverlapRefuses(t *testing.T) {
	g, geometry := wired(t, valid.Arch, arch.Default())
	plan, err := tile.New(graph.Square(256), geometry, tile.Spec{Tile: 204})
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]*tile.Plan{
		"no tiles":   {Bounds: plan.Bounds},
		"not a grid": {Bounds: plan.Bounds, Tiles: plan.Tiles[1:]},
		"twice":      {Bounds: plan.Bounds, Tiles: append(plan.Tiles[:1:1], plan.Tiles...)},
	} {
		if _, err := OverlapCost(g, bad); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestOverlapSamples(t *testing.T) {
	g, geometry := wired(t, valid.Arch, arch.Default())
	plan, err := tile.New(graph.Square(256), geometry, tile.Spec{Tile: 204})
	if err != nil {
		t.Fatal(err)
	}
	s, err := OverlapWork(&Case{Key: Sample{Arm: "valid", Seed: 3, Image: "a", Tile: "204"}, Graph: g, Plan: plan})
	if err != nil {
		t.Fatal(err)
	}
	sum := map[string]float64{}
	for _, v := range s {
		if v.Seed != 0 || v.Image != "" || v.Arm != "valid" || v.Tile != "204" {
			t.Fatalf("key of %+v", v)
		}
		if _, ok := LookupMetric(v.Metric); !ok {
			t.Errorf("%s is not defined", v.Metric)
		}
		if v.Bin != "" {
			sum[v.Metric] += v.Value
		} else {
			sum[v.Metric] -= v.Value
		}
		if v.Metric != "mac/px" {
			if v.Metric != "interp/px" {
				sum["parts"+v.Bin] += v.Value
			}
		} else {
			sum["parts"+v.Bin] -= v.Value
		}
	}
	for k, v := range sum {
		if math.Abs(v) > 1e-6 {
			t.Errorf("%s does not add up: %v", k, v)
		}
	}
}

func ExampleOverlapCost() {
	g, _ := valid.Arch.Build(arch.Ronneberger2015())
	geometry, _ := tile.NewGeometry(g)
	plan, _ := tile.New(graph.Square(512), geometry, tile.Spec{Tile: 572})
	o, _ := OverlapCost(g, plan)
	per := func(macs int64) float64 { return float64(macs) / float64(o.Pixels) / 1e6 }
	fmt.Printf("%d tiles, MMAC per pixel: %.3f inside, %.3f border, %.3f repeated\n",
		len(plan.Tiles), per(o.MACs.Inside), per(o.MACs.Border), per(o.MACs.Repeated))
	for _, l := range o.Levels() {
		fmt.Printf("level %d: %.3f %.3f %.3f\n", l.Level, per(l.MACs.Inside), per(l.MACs.Border), per(l.MACs.Repeated))
	}
	// Output:
	// 4 tiles, MMAC per pixel: 0.734 inside, 0.207 border, 1.355 repeated
	// level 0: 0.156 0.034 0.269
	// level 1: 0.174 0.050 0.325
	// level 2: 0.174 0.051 0.326
	// level 3: 0.174 0.054 0.330
	// level 4: 0.055 0.017 0.105
}
