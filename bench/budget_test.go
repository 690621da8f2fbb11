package bench

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"unetbench/arch"
	"unetbench/graph"
)

// TestBudgetMACs: whatever the network, every arm spends what the reference
// spends, to half a step of its own, and the reference takes the steps asked for.
func TestBudgetMACs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := arch.Default()
		c.Pools, c.Width = rapid.IntRange(1, 4).Draw(t, "pools"), rapid.IntRange(1, 16).Draw(t, "width")
		o := Defaults()
		o.Steps = rapid.IntRange(1, 1000).Draw(t, "steps")
		cs, err := Contestants(Variants, c, "macs", OutputPatch, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := budget(&o, "macs", cs); err != nil {
			t.Fatal(err)
		}
		macs := func(c Contestant) float64 {
			cost, err := c.Graph.TotalCost(graph.Square(c.Window.In))
			if err != nil {
				t.Fatal(err)
			}
			return float64(cost.MACs)
		}
		if cs[0].Name != Reference || cs[0].Steps != o.Steps {
			t.Fatalf("%s takes %d steps of %d", cs[0].Name, cs[0].Steps, o.Steps)
		}
		want := macs(cs[0]) * float64(o.Steps)
		for _, c := range cs {
			if off := math.Abs(macs(c)*float64(c.Steps) - want); off > macs(c)*.5000001 && c.Steps > 1 {
				t.Fatalf("%s: %d steps of %v MAC miss the budget of %v", c.Name, c.Steps, macs(c), want)
			}
		}
	})
}

// TestBudgets: the default network's steps under each regime. Padded reads a
// window of 120² rather than 204² px at the same arithmetic per pixel read.
func TestBudgets(t *testing.T) {
	o := Defaults()
	for _, c := range []struct {
		regime string
		ratio  float64
		want   map[string]int
	}{
		{"output", 0, map[string]int{"valid": 400, "padded": 400, "resized-up": 400, "no-skip": 400}},
		{"input", 0, map[string]int{"valid": 400, "padded": 400, "resized-up": 400, "no-skip": 400}},
		{"macs", 0, map[string]int{"valid": 400, "padded": 606, "resized-up": 265, "no-skip": 400}},
		{"time", 0.5, map[string]int{"valid": 400, "padded": 800, "resized-up": 800, "no-skip": 800}},
		{"time", 3, map[string]int{"valid": 400, "padded": 133, "resized-up": 133, "no-skip": 133}},
		{"time", 1000, map[string]int{"valid": 400, "padded": 1, "resized-up": 1, "no-skip": 1}},
	} {
		cs, err := Contestants(Variants, arch.Default(), c.regime, OutputPatch, false)
		if err != nil {
			t.Fatal(err)
		}
		for i := range cs {
			cs[i].TimeRatio = c.ratio
		}
		cs[0].TimeRatio = 1
		if err := budget(&o, c.regime, cs); err != nil {
			t.Fatal(err)
		}
		for _, a := range cs {
			if want, ok := c.want[a.Name]; ok && a.Steps != want {
				t.Errorf("%s, ratio %v: %s takes %d steps, want %d", c.regime, c.ratio, a.Name, a.Steps, want)
			}
		}
	}
}

// TestTimeRegimeRepeats: what regime time measures it records, and with the
// recorded ratios it gives the same bytes again.
func TestTimeRegimeRepeats(t *testing.T) {
	dirs := []string{t.TempDir(), t.TempDir()}
	ratios := map[string]float64{}
	for i, dir := range dirs {
		o := small(t, dir)
		o.Regimes, o.Seeds, o.Threads, o.Variants = []string{"time"}, 1, 2-i, Variants[:3]
		if i > 0 {
			o.TimeRatios = ratios
			if err := o.Validate(); err != nil {
				t.Fatal(err)
			}
		}
		r, err := Compare(context.Background(), o, &silent{})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range r.Arms {
			if a.TimeRatio <= 0 || a.Steps != max(1, int(math.Round(float64(o.Steps)/a.TimeRatio))) {
				t.Errorf("%s: %d steps of %v times valid's time", a.Name, a.Steps, a.TimeRatio)
			}
			if a.Name != Reference {
				ratios[a.Name] = a.TimeRatio
			}
		}
		for _, c := range r.Curves {
			for _, a := range r.Arms {
				if a.Name == c.Arm && c.Steps[len(c.Steps)-1] != a.Steps {
					t.Errorf("%s was trained for %v steps, want %d", a.Name, c.Steps, a.Steps)
				}
			}
		}
	}
	for _, name := range []string{"results.json", "results.txt"} {
		if !bytes.Equal(read(t, dirs[0], name), read(t, dirs[1], name)) {
			t.Errorf("%s differs when it is repeated with the recorded ratios", name)
		}
	}
}

func TestTimeRatiosErrors(t *testing.T) {
	good := map[string]float64{"padded": .5, "resized-skip": 1, "resized-up": 1.5, "no-skip": 1}
	for want, spoil := range map[string]func(o *Options, r map[string]float64){
		"no regime uses them":                    func(o *Options, r map[string]float64) { o.Regimes = []string{"macs"} },
		"valid is not compared":                  func(o *Options, r map[string]float64) { r["valid"] = 1 },
		"croped is not compared":                 func(o *Options, r map[string]float64) { r["croped"] = 1 },
		"--time-ratios padded=0:":                func(o *Options, r map[string]float64) { r["padded"] = 0 },
		"--time-ratios padded=NaN":               func(o *Options, r map[string]float64) { r["padded"] = math.NaN() },
		"resized-up is missing: give all of pad": func(o *Options, r map[string]float64) { delete(r, "resized-up") },
	} {
		o := Defaults()
		o.Regimes, o.TimeRatios = []string{"time"}, map[string]float64{}
		for k, v := range good {
			o.TimeRatios[k] = v
		}
		if err := o.Validate(); err != nil {
			t.Fatal(err)
		}
		spoil(&o, o.TimeRatios)
		if err := o.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

// TestTwins: runs that two regimes share are trained once and judged under
// both; the others are not mixed up.
func TestTwins(t *testing.T) {
	o := small(t, t.TempDir())
	o.Seeds, o.Regimes = 1, []string{"output", "input", "macs"}
	r, err := Compare(context.Background(), o, &silent{})
	if err != nil {
		t.Fatal(err)
	}
	value := map[string]float64{}
	for _, s := range r.Samples {
		if s.Metric == "ap" && s.Tile == TileWhole && s.Image == r.Setup.Test[0] {
			value[s.Regime+"/"+s.Arm] = s.Value
		}
	}
	if len(value) != 3*len(Variants) {
		t.Fatalf("figures of %d networks, want %d: %v", len(value), 3*len(Variants), value)
	}
	for _, c := range []struct {
		arm, regime string
		same        bool
	}{{"valid", "input", true}, {"valid", "macs", true}, {"no-skip", "macs", true}, {"resized-up", "input", true},
		{"padded", "input", false}, {"padded", "macs", false}} {
		if same := value["output/"+c.arm] == value[c.regime+"/"+c.arm]; same != c.same {
			t.Errorf("%s: %v under output, %v under %s", c.arm, value["output/"+c.arm], value[c.regime+"/"+c.arm], c.regime)
		}
		_, err := os.Stat(filepath.Join(o.Out, "weights", c.regime+"-"+c.arm+"-seed1.safetensors"))
		if trained := err == nil; trained == c.same {
			t.Errorf("%s under %s: its own weights saved: %v", c.arm, c.regime, trained)
		}
	}
	for _, regime := range o.Regimes {
		n := 0
		for _, c := range r.Curves {
			if c.Regime == regime {
				n++
			}
		}
		if n != len(Variants) {
			t.Errorf("%d learning curves under %s", n, regime)
		}
	}
}
