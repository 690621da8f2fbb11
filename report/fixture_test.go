package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

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
	arms       []fixtureArm
	seeds      int
	images     int
	regimes    []string
	data       string
	steps      int
	partial    bool   // the run was stopped
	noTests    bool   // no contrast was made
	unfinished string // regime in which padded was still learning
	pictures   bool
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
		Up: "transposed", Norm: "batch", Padding: "zero", Interp: "bilinear", Steps: f.steps, Batch: 2,
		Loss: "cross-entropy", Augment: "flips", Regimes: f.regimes, Margin: 0.5, Complete: !f.partial}}
	for i := range f.seeds {
		r.Setup.Seeds = append(r.Setup.Seeds, uint64(i+1))
	}
	for i := range 12 {
		r.Setup.Train = append(r.Setup.Train, fmt.Sprintf("scene-%d", 1000+i))
	}
	for i := range f.images {
		r.Setup.Test = append(r.Setup.Test, fmt.Sprintf("scene-%d", 1012+i))
	}
	r.Metrics = bench.Metrics
	for _, a := range f.arms {
		n := f.network(t, a)
		r.Networks = append(r.Networks, n)
		var macs, params int64
		for _, x := range n.Nodes {
			macs += x.MACs
		}
		params = 121394
		for _, regime := range f.regimes {
			in, out := a.in, a.out
			if regime == "input" && a.name == "padded" {
				in, out = 208, 208
			}
			steps, ratio := f.steps, 0.
			if (regime == "macs" || regime == "time") && a.name == "padded" {
				steps = f.steps * 3 / 2
			}
			if regime == "time" {
				ratio = float64(f.steps) / float64(steps)
			}
			state := bench.Learning{Arm: a.name, Regime: regime, Steps: steps, State: bench.Flat, Gain: .0012, Spread: .0051}
			if regime == f.unfinished && a.name == "padded" {
				state.State, state.Gain = bench.StillLearning, .0213
			}
			r.Learning = append(r.Learning, state)
			r.Arms = append(r.Arms, bench.Arm{Name: a.name, Regime: regime, Steps: steps, TimeRatio: ratio, Arch: a.arch.Name(), Doc: a.arch.Doc(), Control: a.control, In: in, Out: out, Tile: in,
				Mirrored: a.name == "valid-mirrored", Params: int(params), MACsPerPx: float64(macs) / float64(a.out*a.out), PlannedMiB: float64(macs) / 7e6})
		}
	}
	for _, regime := range f.regimes {
		f.measure(r, regime, rng)
	}
	if !f.noTests {
		cs, ws, err := bench.Contrasts(r)
		if err != nil {
			t.Fatal(err)
		}
		r.Contrasts, r.Warnings = cs, append(r.Warnings, ws...)
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
		tile := "tiled"
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
			add("seam-step", a.name, "scene-1012", tile, "", s, step+rng.NormFloat64()*0.03)
			for k := 1; k <= 16; k++ {
				c := 96 - 2*math.Abs(math.Sin(math.Pi*float64(k)/8))
				add("shift-consistency", a.name, "scene-1012", "whole", fmt.Sprintf("shift%d", k), s, c-float64(i)+rng.NormFloat64()*0.3)
			}
			add("checkerboard-init", a.name, "scene-1012", "whole", "", s, 0.8+rng.Float64()*0.3)
			add("checkerboard-flat", a.name, "scene-1012", "whole", "", s, 2.1+0.3*float64(i)+rng.Float64()*0.6)
			add("checkerboard-image", a.name, "scene-1012", "whole", "", s, 0.31+0.1*float64(i)+rng.Float64()*0.1)
			for l := range 3 {
				if a.arch != valid.NoSkip {
					add("skip-use", a.name, "scene-1012", "whole", fmt.Sprintf("level%d", l), s, (12-a.border)/float64(l+1)+rng.NormFloat64()*0.4)
				}
			}
			r.Curves = append(r.Curves, f.curve(a, s, regime, rng))
		}
		f.exact(a, r.Networks[i], add)
	}
}

// exact adds what needs no training.
func (f fixture) exact(a fixtureArm, n bench.Network, add func(metric, arm, image, tile, bin string, seed uint64, v float64)) {
	for l, m := range a.misreg {
		for _, kind := range []string{"local", "accum"} {
			add("misreg-"+kind+"-max", a.name, "", "tiled", fmt.Sprintf("level%d", l), 0, m*map[string]float64{"local": 1, "accum": .94}[kind])
		}
	}
	resizes := len(a.misreg) > 0 && a.misreg[0] > 0
	base := 0.0
	for _, x := range n.Nodes {
		base += float64(x.MACs) / float64(a.out*a.out)
	}
	work := func(tile string, border, repeated float64) {
		interp := 0.0
		if resizes {
			interp = 96
		}
		for _, x := range []struct {
			metric string
			v      float64
		}{{"mac-inside/px", 7900}, {"mac-border/px", border}, {"mac-repeated/px", repeated}, {"mac/px", 7900 + border + repeated}, {"interp/px", interp}} {
			add(x.metric, a.name, "", tile, "", 0, x.v)
			for l, share := range []float64{.4, .3, .2, .1} {
				add(x.metric, a.name, "", tile, fmt.Sprintf("level%d", l), 0, x.v*share)
			}
		}
	}
	work("whole", 3100, 0)
	work("tiled", 1900, base*.2)
	for _, side := range []int{a.in, 252, 380, 508, 764, 1020, 1532} {
		rep := 0.0
		if a.arch != padded.Arch {
			rep = base * 60 / float64(side)
		}
		work(fmt.Sprintf("%d+0", side), 40000/float64(side), rep)
		if a.arch == padded.Arch && side > a.in {
			work(fmt.Sprintf("%d+96", side), 40000/float64(side), 1.6e6/float64(side))
		}
	}
	if resizes {
		for l, k := range []float64{81.3, 74.2, 66.0} {
			at := fmt.Sprintf("level%d", l)
			add("resize-kept", a.name, "", "tiled", at, 0, k)
			add("resize-aliased", a.name, "", "tiled", at, 0, 7.9+float64(l))
			add("blur-variance", a.name, "", "tiled", at+"-min", 0, .25)
			add("blur-variance", a.name, "", "tiled", at+"-mean", 0, .44)
			add("blur-variance", a.name, "", "tiled", at+"-max", 0, 1)
			add("blur-period", a.name, "", "tiled", at+"-exact", 0, 15)
			add("blur-period", a.name, "", "tiled", at+"-visible", 0, 2.5)
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

// network is the arm's real network at its training window.
func (f fixture) network(t testing.TB, a fixtureArm) bench.Network {
	t.Helper()
	g, err := a.arch.Build(arch.Default())
	if err != nil {
		t.Fatal(err)
	}
	n, err := bench.NetworkOf(g, graph.Square(a.in))
	if err != nil {
		t.Fatal(err)
	}
	n.Arm = a.name
	return n
}

// The other shapes that results come in.

func withControls() fixture  { f := full(); f.arms = fixtureArms; return f }
func oneArm() fixture        { f := full(); f.arms = fixtureArms[:1]; return f }
func cutShort() fixture      { f := full(); f.partial = true; f.pictures = false; return f }
func noContrasts() fixture   { f := full(); f.noTests = true; return f }
func oneSeed() fixture       { f := full(); f.seeds = 1; return f }
func twoRegimes() fixture    { f := full(); f.regimes = []string{"output", "input"}; return f }
func allRegimes() fixture    { f := full(); f.regimes = bench.Regimes; return f }
func stillLearning() fixture { f := full(); f.unfinished = "output"; return f }

// realData is named after a folder, not synthetic, with other outcomes.
func realData() fixture {
	f := full()
	f.data = "isbi2012_em"
	f.arms = append([]fixtureArm{}, fixtureArms[:5]...)
	f.arms[1].dice, f.arms[2].dice, f.arms[3].dice, f.arms[4].dice = 79, 74.6, 78, 74.7
	return f
}
