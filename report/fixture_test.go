package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/bench"
	"unetbench/graph"
)

// A fixture describes made-up results: shaped like a real comparison, with
// numbers that nobody measured.
type fixture struct {
	arms     []fixtureArm
	seeds    int
	images   int
	regimes  []string
	data     string
	steps    int
	partial  bool // the run was stopped
	noTests  bool // no contrast was made
	pictures bool
}

type fixtureArm struct {
	name    string
	arch    arch.Arch
	control bool
	in, out int
	dice    float64 // mean, %
	border  float64 // points lost at the border
	misreg  []float64
}

var fixtureArms = []fixtureArm{
	{"valid", valid.Arch, false, 204, 116, 74.6, 3, []float64{0, 0, 0}},
	{"padded", padded.Arch, false, 120, 116, 74.7, 5, []float64{0, 0, 0}},
	{"resized-skip", resized.Skip, false, 204, 116, 71.2, 6, []float64{40, 32, 16}},
	{"resized-up", resized.Up, false, 204, 116, 70.1, 9, []float64{35, 28, 16}},
	{"no-skip", valid.NoSkip, false, 204, 116, 66.9, 4, nil},
	{"valid-mirrored", valid.Arch, true, 204, 116, 73.8, 4, []float64{0, 0, 0}},
	{"padded-wide", padded.Arch, true, 208, 116, 74.9, 4, []float64{0, 0, 0}},
}

// full is the fixture of a default comparison.
func full() fixture {
	return fixture{arms: fixtureArms[:5], seeds: 6, images: 6, regimes: []string{"output"}, data: "synthetic membranes", steps: 400, pictures: true}
}

var distanceBins = []string{"0-2", "2-4", "4-8", "8-16", "16-32", "32+"}

// results makes the fixture's results.
func (f fixture) results(t testing.TB) *bench.Results {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(f.seeds), uint64(f.images)))
	r := &bench.Results{Schema: 1, Setup: bench.Setup{Kernel: "avx512", Data: f.data, Classes: 2, Channels: 1, Pools: 3, Width: 8,
		Up: "transposed", Norm: "batch", Padding: "zero", Interp: "bilinear", Steps: f.steps, Batch: 2, Regimes: f.regimes, Margin: 0.5, Complete: !f.partial}}
	for i := range f.seeds {
		r.Setup.Seeds = append(r.Setup.Seeds, uint64(i+1))
	}
	for i := range 12 {
		r.Setup.Train = append(r.Setup.Train, fmt.Sprintf("scene-%d", 1000+i))
	}
	for i := range f.images {
		r.Setup.Test = append(r.Setup.Test, fmt.Sprintf("scene-%d", 1012+i))
	}
	r.Metrics = fixtureMetrics
	for _, a := range f.arms {
		n := f.network(t, a)
		r.Networks = append(r.Networks, n)
		var macs, params int64
		for _, x := range n.Nodes {
			macs += x.MACs
		}
		params = 121394
		r.Arms = append(r.Arms, bench.Arm{Name: a.name, Arch: a.arch.Name(), Doc: a.arch.Doc(), Control: a.control, In: a.in, Out: a.out,
			Mirrored: a.name == "valid-mirrored", Params: int(params), MACsPerPx: float64(macs) / float64(a.out*a.out), PlannedMiB: float64(macs) / 7e6})
	}
	for _, regime := range f.regimes {
		f.measure(r, regime, rng)
	}
	if !f.noTests {
		f.contrast(r)
	}
	if f.partial {
		r.Warnings = append(r.Warnings, bench.Warning{Code: "incomplete", Text: "the run was stopped after 2 of 6 seeds"})
	}
	if f.seeds < 4 {
		r.Warnings = append(r.Warnings, bench.Warning{Code: "few-samples", Text: fmt.Sprintf("%d seeds: under 4 nothing can be significant", f.seeds)})
	}
	if f.pictures {
		f.paint(r)
	}
	return r
}

var fixtureMetrics = []bench.Metric{
	{Name: "dice", Unit: "%", Better: 1, Doc: "2·|P∩T| / (|P|+|T|) at threshold 0.5."},
	{Name: "dice-best", Unit: "%", Better: 1, Doc: "Dice at the threshold that suits the image best."},
	{Name: "ap", Unit: "%", Better: 1, Doc: "Area under the precision–recall curve."},
	{Name: "bf1", Unit: "%", Better: 1, Doc: "Boundary F1 within 2 px (Csurka 2013)."},
	{Name: "error", Unit: "%", Better: -1, Doc: "Share of pixels that are wrong."},
	{Name: "dice:border", Unit: "%", Better: 1, Doc: "Dice by distance to the image border."},
	{Name: "error:border", Unit: "%", Better: -1, Doc: "Error rate by distance to the image border."},
	{Name: "dice:edge", Unit: "%", Better: 1, Doc: "Dice by distance to the nearest tile edge."},
	{Name: "error:edge", Unit: "%", Better: -1, Doc: "Error rate by distance to the nearest tile edge."},
	{Name: "oracle-excess:border", Unit: "points", Better: -1}, {Name: "oracle-context:border", Unit: "points", Better: -1}, {Name: "oracle-arm:border", Unit: "points", Better: -1},
	{Name: "seam-step", Unit: "ratio", Better: -1, Doc: "Mean step of the logits across tile edges over the same away from them."},
	{Name: "shift-consistency", Unit: "%", Better: 1}, {Name: "skip-use", Unit: "%", Better: 0},
	{Name: "checkerboard-init", Unit: "%", Better: -1}, {Name: "checkerboard-flat", Unit: "%", Better: -1}, {Name: "checkerboard-image", Unit: "%", Better: -1},
	{Name: "misreg-local-max", Unit: "px", Better: -1, Exact: true}, {Name: "misreg-accum-max", Unit: "px", Better: -1, Exact: true},
	{Name: "mac/px", Unit: "MAC/px", Better: -1, Exact: true}, {Name: "mac-inside/px", Unit: "MAC/px", Exact: true},
	{Name: "mac-border/px", Unit: "MAC/px", Better: -1, Exact: true}, {Name: "mac-repeated/px", Unit: "MAC/px", Better: -1, Exact: true},
	{Name: "interp/px", Unit: "MAC/px", Better: -1, Exact: true},
	{Name: "resize-kept", Unit: "%", Better: 1, Exact: true}, {Name: "resize-aliased", Unit: "%", Better: -1, Exact: true},
	{Name: "blur-variance", Unit: "%", Better: 1}, {Name: "blur-period", Unit: "px", Exact: true},
}

// measure adds all samples and curves of one regime.
func (f fixture) measure(r *bench.Results, regime string, rng *rand.Rand) {
	seeds := r.Setup.Seeds
	if f.partial {
		seeds = seeds[:2]
	}
	add := func(metric, arm, image, tile, bin string, seed uint64, v float64) {
		r.Samples = append(r.Samples, bench.Sample{Metric: metric, Arm: arm, Seed: seed, Image: image, Regime: regime, Tile: tile, Bin: bin, Value: v})
	}
	for i, a := range f.arms {
		tile := strconv.Itoa(a.in)
		for _, s := range seeds {
			luck := rng.NormFloat64() * 0.5
			for j, img := range r.Setup.Test {
				hard := 3 * math.Sin(float64(2*j))
				for _, tl := range []string{"whole", tile} {
					d := a.dice + luck + hard + rng.NormFloat64()*0.4
					if tl != "whole" && a.arch != valid.Arch {
						d -= 0.4
					}
					add("dice", a.name, img, tl, "", s, d)
					add("dice-best", a.name, img, tl, "", s, d+0.8)
					add("ap", a.name, img, tl, "", s, d+6+rng.NormFloat64()*0.3)
					add("bf1", a.name, img, tl, "", s, d+11+rng.NormFloat64()*0.3)
					add("error", a.name, img, tl, "", s, 40-d*0.4)
				}
				for b, bin := range distanceBins {
					loss := a.border * math.Exp(-float64(b)/1.2)
					n := rng.NormFloat64() * 0.5
					add("dice:border", a.name, img, "whole", bin, s, a.dice+luck+hard-loss+n)
					add("error:border", a.name, img, "whole", bin, s, 12+(75-a.dice)*0.4-luck*0.3+loss*0.5-n*0.3)
					seam := 0.0
					if a.arch != valid.Arch && a.arch != valid.NoSkip {
						seam = 0.5 * loss
					}
					add("dice:edge", a.name, img, tile, bin, s, a.dice+luck+hard-seam+n)
					add("error:edge", a.name, img, tile, bin, s, 12+(75-a.dice)*0.4-luck*0.3+seam*0.5-n*0.3)
					ctx := 1.1 * math.Exp(-float64(b)/1.1)
					own := 0.4*loss + (75-a.dice)*0.25 - 0.3 + rng.NormFloat64()*0.2
					add("oracle-context:border", a.name, img, "whole", bin, s, ctx)
					add("oracle-arm:border", a.name, img, "whole", bin, s, own)
					add("oracle-excess:border", a.name, img, "whole", bin, s, ctx+own)
				}
			}
			step := 1.02
			if i >= 2 && i < 4 {
				step = 2.4
			}
			add("seam-step", a.name, "", tile, "", s, step+rng.NormFloat64()*0.03)
			for k := 1; k <= 16; k++ {
				c := 96 - 2*math.Abs(math.Sin(math.Pi*float64(k)/8))
				add("shift-consistency", a.name, "", "whole", fmt.Sprintf("shift%d", k), s, c-float64(i)+rng.NormFloat64()*0.3)
			}
			add("checkerboard-init", a.name, "", "", "", s, 0.8+rng.Float64()*0.3)
			add("checkerboard-flat", a.name, "", "", "", s, 2.1+0.3*float64(i)+rng.Float64()*0.6)
			add("checkerboard-image", a.name, "", "", "", s, 0.31+0.1*float64(i)+rng.Float64()*0.1)
			for l := range 3 {
				if a.arch != valid.NoSkip {
					add("skip-use", a.name, "", "whole", fmt.Sprintf("level%d", l), s, (12-a.border)/float64(l+1)+rng.NormFloat64()*0.4)
				}
			}
			r.Curves = append(r.Curves, f.curve(a, s, regime, rng))
		}
		for l, m := range a.misreg {
			add("misreg-local-max", a.name, "", "", fmt.Sprintf("level%d", l), 0, m)
			add("misreg-accum-max", a.name, "", "", fmt.Sprintf("level%d", l), 0, m*0.94)
		}
		base := r.Arms[i].MACsPerPx
		for _, side := range []int{140, 204, 268, 396} {
			rep := 0.0
			if a.arch != padded.Arch {
				rep = base * 40 / float64(side)
			}
			tl := strconv.Itoa(side)
			add("mac-inside/px", a.name, "", tl, "", 0, 7900)
			add("mac-border/px", a.name, "", tl, "", 0, rep*0.6)
			add("mac-repeated/px", a.name, "", tl, "", 0, rep)
			add("mac/px", a.name, "", tl, "", 0, 7900+1.6*rep)
			ip := 0.0
			if len(a.misreg) > 0 && a.misreg[0] > 0 {
				ip = 96
			}
			add("interp/px", a.name, "", tl, "", 0, ip)
		}
		if len(a.misreg) > 0 && a.misreg[0] > 0 {
			add("resize-kept", a.name, "", "", "", 0, 81.3)
			add("resize-aliased", a.name, "", "", "", 0, 7.9)
			add("blur-variance", a.name, "", "", "", 0, 62.5)
			add("blur-period", a.name, "", "", "", 0, 29)
		}
	}
}

func (f fixture) curve(a fixtureArm, seed uint64, regime string, rng *rand.Rand) bench.Curve {
	c := bench.Curve{Arm: a.name, Seed: seed, Regime: regime}
	for s := 2; s <= f.steps; s += 2 {
		c.Steps = append(c.Steps, s)
		c.Loss = append(c.Loss, 0.26+(80-a.dice)*0.004+0.5*math.Exp(-float64(s)/60)+0.03*rng.NormFloat64())
	}
	return c
}

// contrast decides every arm against the first, by the means of each seed.
func (f fixture) contrast(r *bench.Results) {
	v := newView(r)
	for _, metric := range []string{"dice", "dice:border"} {
		bins := []string{""}
		if metric != "dice" {
			bins = distanceBins
		}
		for _, bin := range bins {
			for _, regime := range f.regimes {
				for _, tile := range []string{"whole", "204"} {
					for _, a := range f.arms[1:] {
						own := tile
						if tile != "whole" {
							own = strconv.Itoa(a.in)
						}
						x, y := v.cells[key{metric, a.name, regime, own, bin}], v.cells[key{metric, f.arms[0].name, regime, tile, bin}]
						if x == nil || y == nil || len(x.seeds) < 2 {
							continue
						}
						r.Contrasts = append(r.Contrasts, decide(metric, a.name, f.arms[0].name, regime, tile, bin, x, y))
					}
				}
			}
		}
	}
}

func decide(metric, arm, ref, regime, tile, bin string, x, y *cell) bench.Contrast {
	d := make([]float64, len(x.seeds))
	for i := range d {
		d[i] = x.sums[i]/float64(x.counts[i]) - y.sums[i]/float64(y.counts[i])
	}
	e := interval(d)
	_, sd := stat.MeanStdDev(d, nil)
	tt := math.Abs(e.Mean) / (sd / math.Sqrt(float64(len(d))))
	p := 2 * distuv.StudentsT{Sigma: 1, Nu: float64(len(d) - 1)}.Survival(tt)
	c := bench.Contrast{Metric: metric, Arm: arm, Reference: ref, Regime: regime, Tile: tile, Bin: bin, Diff: e.Mean, Low: e.Low(), High: e.High(),
		P: p, PHolm: min(1, 4*p), Seeds: len(d), Images: len(x.images), Margin: 0.5, Verdict: "undecided"}
	switch {
	case e.Low() > -0.5 && e.High() < 0.5:
		c.Verdict = "equivalent"
	case e.Low() > 0 || e.High() < 0:
		c.Verdict = "different"
	}
	return c
}

// network infers the arm's real shapes at its training window.
func (f fixture) network(t testing.TB, a fixtureArm) bench.Network {
	t.Helper()
	g, err := a.arch.Build(arch.Default())
	if err != nil {
		t.Fatal(err)
	}
	in := graph.Square(a.in)
	shapes, err := g.Infer(in)
	if err != nil {
		t.Fatal(err)
	}
	n := bench.Network{Arm: a.name, Input: in}
	for i, x := range g.Nodes {
		rec := bench.NodeRecord{Name: x.Name, Op: x.Op.String(), Level: x.Level, Shape: shapes[i]}
		for _, y := range x.In {
			rec.In = append(rec.In, y.ID)
		}
		switch x.Op {
		case graph.Conv, graph.ConvTranspose:
			rec.MACs = int64(shapes[i].Len()) * int64(shapes[x.In[0].ID].C) * int64(x.Kernel[0]*x.Kernel[1])
			if x.Op == graph.ConvTranspose {
				rec.MACs /= 4
			}
		case graph.Resize:
			rec.Interp = 4 * int64(shapes[i].Len())
		}
		n.Nodes = append(n.Nodes, rec)
	}
	return n
}
