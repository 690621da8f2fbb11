package claims

import (
	"fmt"
	"math"
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/graph"
	"unetbench/internal/tile"
)

// at plants an exact figure, from plants one with an interval.
func at(name string, v float64) Figure { return exact(name, "", v) }
func from(name string, low, v, high float64) Figure {
	return Figure{Name: name, Value: v, Low: low, High: high, Level: 0.95, Sampled: "6 seeds"}
}

func halos(last float64, before ...float64) Figures {
	var f Figures
	for i, v := range append(before, last) {
		f = append(f, at(radius(16*i), v))
	}
	return f
}

func table(h ...float64) Figures {
	var f Figures
	for i, v := range h {
		f = append(f, at(fmt.Sprintf("halo at %d poolings", i+1), v))
	}
	return f
}

func position(zero, reflect, near, far float64) Figures {
	return Figures{at("px that differ, zero", zero), at("px that differ, reflect", reflect), at("px that differ, replicate", 0), at("px that differ, circular", 0),
		at("deviation within 8 px, zero", near), at("deviation at 16 px and more, zero", far)}
}

func cropping(near, mid, far Figure) Figures {
	near.Name, mid.Name, far.Name = "error, zero − reflect, 0-2 px", "error, zero − reflect, 8-16 px", "error, zero − reflect, 32+ px"
	return Figures{near, mid, far}
}

func hunch(low float64) Figures {
	return Figures{from("Dice, valid − resized-skip", 1, 2, 3), from("Dice, valid − resized-up", 1, 2, 3),
		from("Dice, padded − resized-skip", 1, 2, 3), from("Dice, padded − resized-up", low, 2, 3)}
}

func kept(four, high3 float64) Figures {
	return Figures{from("kept at 1 px", 90, 91, 92), from("kept at 2 px", 90, 91, 92), from("kept at 3 px", 90, 91, high3), at("least kept at 4 px", four)}
}

func dice(low96, v96, v48, low24, v24 float64) Figures {
	return Figures{from("Dice, whole − 96 px", low96, v96, v96+1), from("Dice, whole − 48 px", v48-1, v48, v48+1), from("Dice, whole − 24 px", low24, v24, v24+1)}
}

func hann(low float64) Figures {
	return Figures{from("Dice, Hann − Bartlett–Hann", .1, .2, .3), from("Dice, Hann − triangular", low, .2, .3), from("Dice, Hann − mean", .1, .2, .3)}
}

// planted are figures of which each rule must say yes, and no.
var planted = map[string]struct{ yes, no []Figures }{
	"thread-crop":          {[]Figures{{at("skip of 568 px, cropped", 392)}}, []Figures{{at("skip of 568 px, cropped", 390)}, {at("skip of 568 px, cropped", 0)}}},
	"thread-loss":          {[]Figures{{at("n×n convolutions", 18), at("of them lose n−1 px", 18)}}, []Figures{{at("n×n convolutions", 18), at("of them lose n−1 px", 17)}, {at("n×n convolutions", 0), at("of them lose n−1 px", 0)}}},
	"thread-tile":          {[]Figures{{at("output of 512 px", 368), at("512 is legal", 1)}}, []Figures{{at("output of 512 px", 368), at("512 is legal", 0)}, {at("output of 512 px", 324), at("512 is legal", 1)}}},
	"thread-resize":        {[]Figures{{at("variants in which it occurs", 1)}}, []Figures{{at("variants in which it occurs", 0)}}},
	"thread-mirror":        {[]Figures{{at("context", 92), at("halo", 0)}}, []Figures{{at("context", 92), at("halo", 15)}, {at("context", 0), at("halo", 0)}}},
	"thread-overlap":       {[]Figures{{at("repeated in tiles of 572 px", 30), at("repeated in tiles of 2044 px", 7)}}, []Figures{{at("repeated in tiles of 572 px", 0.1), at("repeated in tiles of 2044 px", 0)}}},
	"thread-layers":        {[]Figures{{at("repeated at level 0", 99)}}, []Figures{{at("repeated at level 0", 60)}}},
	"thread-harm":          {[]Figures{{at("least distance at the edge", 8), at("most energy left", 60)}}, []Figures{{at("least distance at the edge", 0), at("most energy left", 60)}, {at("least distance at the edge", 8), at("most energy left", 100)}}},
	"thread-edges":         {[]Figures{{from("error, mirrored − true context, 0-2 px", .1, 1, 2), at("error, mirrored − true context, 32+ px", 0)}}, []Figures{{from("error, mirrored − true context, 0-2 px", -.1, 1, 2), at("error, mirrored − true context, 32+ px", 0)}}},
	"thread-pad":           {[]Figures{{at("crops and resizes", 0)}}, []Figures{{at("crops and resizes", 4)}}},
	"thread-hunch":         {[]Figures{hunch(0.1)}, []Figures{hunch(-0.1)}},
	"thread-best":          {[]Figures{{from("Dice, padded − valid", 0.1, 1, 2)}}, []Figures{{from("Dice, padded − valid", -0.1, 1, 2)}, {from("Dice, padded − valid", -3, -2, -1)}}},
	"ronneberger-seamless": {[]Figures{{at("difference at stride 388", 0), at("difference at stride 384", 0)}}, []Figures{{at("difference at stride 388", 1e-6), at("difference at stride 384", 0)}}},
	"ronneberger-sizes":    {[]Figures{{at("convolutions", 23), at("output of 572 px", 388), at("odd sizes pooled", 0)}}, []Figures{{at("convolutions", 23), at("output of 572 px", 388), at("odd sizes pooled", 1)}, {at("convolutions", 22), at("output of 572 px", 388), at("odd sizes pooled", 0)}}},
	"pielawski-hann":       {[]Figures{hann(.1)}, []Figures{hann(-.1)}},
	"rumberger-stride":     {[]Figures{{at("strides tried", 60), at("strides that contradict it", 0)}}, []Figures{{at("strides tried", 60), at("strides that contradict it", 1)}, {at("strides tried", 0), at("strides that contradict it", 0)}}},
	"majurski-halo":        {[]Figures{halos(0, .2, .1, .05, .02, .01, .001)}, []Figures{halos(1e-7, .2, .1, .05, .02, .01, .001), halos(0, .2, .1, .05, .02, .01, 0)}},
	"csbdeep-overlap":      {[]Figures{table(8, 22, 46, 94, 190)}, []Figures{table(8, 22, 46, 95, 190), table(8, 22, -1, 94, 190)}},
	"pytorch-5927":         {[]Figures{{at("difference, aligned corners", .1), at("difference, half-pixel centres", 0)}}, []Figures{{at("difference, aligned corners", 0), at("difference, half-pixel centres", 0)}, {at("difference, aligned corners", .1), at("difference, half-pixel centres", .01)}}},
	"odena-overlap":        {[]Figures{{at("pairs tried", 26), at("pairs that contradict it", 0)}}, []Figures{{at("pairs tried", 26), at("pairs that contradict it", 2)}}},
	"odena-even":           {[]Figures{{from("checkerboard of transposed convolution", 1, 5, 9)}}, []Figures{{from("checkerboard of transposed convolution", -1, 5, 11)}}},
	"aitken-icnr":          {[]Figures{{at("largest with ICNR", 1e-11), at("smallest without", 5)}}, []Figures{{at("largest with ICNR", .01), at("smallest without", 5)}, {at("largest with ICNR", 0), at("smallest without", 0)}}},
	"aitken-error":         {[]Figures{{from("Dice, shuffle − nearest", .1, .3, .5)}}, []Figures{{from("Dice, shuffle − nearest", -.1, .3, .7)}}},
	"sugawara-smoothing": {[]Figures{{at("largest ratio, smoothed to plain", 1e-6), at("gradient, smoothed to plain", 1e-15)}},
		[]Figures{{at("largest ratio, smoothed to plain", .3), at("gradient, smoothed to plain", 1e-15)}, {at("largest ratio, smoothed to plain", 1e-6), at("gradient, smoothed to plain", .3)}}},
	"islam-position":   {[]Figures{position(80, 0, .5, .1)}, []Figures{position(0, 0, 0, 0), position(80, 10, .5, .1), position(80, 0, .1, .5)}},
	"kayhan-location":  {[]Figures{{from("error, zero", 1, 2, 3), from("error, circular − zero", 20, 23, 26)}}, []Figures{{from("error, zero", 20, 24, 28), from("error, circular − zero", .1, 1, 2)}, {from("error, zero", 1, 2, 3), from("error, circular − zero", -1, 1, 3)}}},
	"alsallakh-uneven": {[]Figures{{at("sides tried", 64), at("sides that contradict it", 0)}}, []Figures{{at("sides tried", 64), at("sides that contradict it", 1)}}},
	"liu-modes": {[]Figures{{from("Dice, reflect − zero", -.4, 0, .4), from("Dice, replicate − zero", -3, -2, -1)}},
		[]Figures{{from("Dice, reflect − zero", .6, 1, 2), from("Dice, replicate − zero", -.4, 0, .4)}, {from("Dice, reflect − zero", -1, 0, 1), from("Dice, replicate − zero", -.4, 0, .4)}}},
	"niemitalo-crop": {[]Figures{cropping(from("", 1, 2, 3), from("", -.3, 0, .3), from("", -.1, 0, .1))},
		[]Figures{cropping(from("", -1, 2, 5), from("", -.3, 0, .3), from("", -.1, 0, .1)), cropping(from("", 1, 2, 3), from("", .2, .5, .8), from("", -.1, 0, .1)), cropping(from("", 1, 2, 3), from("", -.3, 0, .3), from("", -1, 0, 1))}},
	"reina-tiles": {[]Figures{dice(0, .1, .5, 1, 2)}, []Figures{dice(0, .1, .5, -1, 2), dice(0, .9, .5, 1, 2), dice(-1, -.1, .5, 1, 2)}},
	"huang-tiles": {[]Figures{{at("cost of 48 px over whole", 2), from("Dice, whole − 48 px", .1, .5, .9)}},
		[]Figures{{at("cost of 48 px over whole", 1.1), from("Dice, whole − 48 px", .1, .5, .9)}, {at("cost of 48 px over whole", 2), from("Dice, whole − 48 px", -.1, .5, .9)}, {at("cost of 48 px over whole", 2), from("Dice, whole − 48 px", 2, 5, 8)}}},
	"zhang-shift": {[]Figures{kept(100, 92)}, []Figures{kept(99.9, 92), kept(100, 100.5)}},
	"zhang-blur": {[]Figures{{from("consistency, blurred − plain", .1, .5, .9), from("Dice, blurred − plain", -.2, 0, .2)}},
		[]Figures{{from("consistency, blurred − plain", -.1, .5, .9), from("Dice, blurred − plain", -.2, 0, .2)}, {from("consistency, blurred − plain", .1, .5, .9), from("Dice, blurred − plain", -.6, 0, .6)}}},
	"buglakova-norm": {[]Figures{normed(0, from("", .1, .5, .9), from("", .1, .5, .9))},
		[]Figures{normed(.01, from("", .1, .5, .9), from("", .1, .5, .9)), normed(0, from("", -.1, .5, 1.1), from("", .1, .5, .9)), normed(0, from("", .1, .5, .9), from("", -.1, .5, 1.1))}},
}

// normed are the shares of pixels that change by tiling.
func normed(fixed float64, own, instance Figure) Figures {
	own.Name, instance.Name = "changed, statistics per input", "changed, instance normalisation"
	return Figures{at("changed, fixed statistics", fixed), own, instance}
}

// Every rule is tried on numbers that must convince it and on such that must not.
func TestRulesOnPlantedNumbers(t *testing.T) {
	for _, c := range All() {
		p := planted[c.ID]
		if c.judge == nil {
			continue
		}
		if len(p.yes) == 0 || len(p.no) == 0 {
			t.Errorf("%s: plant figures that reproduce it and figures that do not", c.ID)
		}
		for want, all := range map[bool][]Figures{true: p.yes, false: p.no} {
			for _, f := range all {
				if got, why := c.judge(f); got != want || why == "" {
					t.Errorf("%s: %v (%s) of %v, want %v", c.ID, got, why, f, want)
				}
			}
		}
	}
}

// A constant prediction stays what it is under every window, also where a
// single tile reaches.
func TestBlendKeepsConstants(t *testing.T) {
	g, err := padded.Arch.Build(narrow(2, 4, arch.Transposed))
	if err != nil {
		t.Fatal(err)
	}
	geometry, err := tile.NewGeometry(g)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := tile.New(graph.Size{H: 70, W: 53}, geometry, tile.Spec{Tile: 32, Overlap: 16})
	if err != nil {
		t.Fatal(err)
	}
	maps, err := blend(plan, always(2), graph.NewMap(graph.Shape{C: 1, H: 70, W: 53}))
	if err != nil {
		t.Fatal(err)
	}
	want := 1/(1+math.Exp(-2)) - 0.5
	for i, m := range maps {
		for j, v := range m.Plane(1) {
			if math.Abs(float64(v)-want) > 1e-6 {
				t.Fatalf("%s: pixel %d is %v, want %v", blends[i].name, j, v, want)
			}
		}
	}
	for _, w := range blends {
		if math.Abs(w.at(0.5)-1) > 1e-12 || math.Abs(w.at(0.1)-w.at(0.9)) > 1e-12 {
			t.Errorf("%s: %v in the middle, want 1, and it is to be symmetrical", w.name, w.at(0.5))
		}
	}
}

// always predicts one logit of class 1 everywhere.
type always float32

func (a always) Predict(x *graph.Map) (*graph.Map, error) {
	m := graph.NewMap(graph.Shape{C: 2, H: x.H, W: x.W})
	for i := range m.Plane(1) {
		m.Plane(1)[i] = float32(a)
	}
	return m, nil
}

// What the sizes say is spoilt where the paper's stride is off the step, and
// not where it is on it.
func TestCatch(t *testing.T) {
	for rest, want := range map[float64]bool{4: true, 0: false} {
		r := Result{Figures: Figures{at("stride of the paper's tiles", 384+rest), at("beyond a multiple of the step", rest), at("step", 16)}}
		for _, c := range threadSizes {
			if c.ID == "thread-mirror" {
				r.Claim = c
			}
		}
		if got := r.Catch() != ""; got != want {
			t.Errorf("rest %v: catch %q", rest, r.Catch())
		}
	}
}
