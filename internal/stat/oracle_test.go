package stat

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// oracle is testdata/oracles/stats.json: scipy's and statsmodels' answers.
type oracle struct {
	T []struct {
		DF, T, P    float64
		Level, Half float64 // either these or T and P
	}
	OneWay []struct {
		D            []float64
		P, Low, High float64
	} `json:"one-way"`
	TwoWay []struct {
		D                             [][]float64
		Mean, Variance, Satterthwaite float64
		MS, DF                        []float64 // of seeds, images, rest
	} `json:"two-way"`
	Holm []struct {
		P, Adjusted []float64
		Reject      []bool
	}
}

func readOracle(t *testing.T) (o oracle) {
	t.Helper()
	file, err := os.ReadFile("../../testdata/oracles/stats.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(file, &o); err != nil {
		t.Fatal(err)
	}
	if len(o.T) == 0 || len(o.OneWay) == 0 || len(o.TwoWay) == 0 || len(o.Holm) == 0 {
		t.Fatal("stats.json lacks cases")
	}
	return o
}

func same(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance*math.Abs(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestStudentsTOracle(t *testing.T) {
	for _, c := range readOracle(t).T {
		if e := (Estimate{Mean: c.T, StdErr: 1, DF: c.DF}); c.Level == 0 {
			same(t, "p", e.P(), c.P, 1e-9)
		} else {
			low, high := e.Interval(c.Level)
			same(t, "interval", (high-low)/2, c.Half, 1e-9)
		}
	}
}

// With one image it is the paired t test.
func TestPairedOracle(t *testing.T) {
	for _, c := range readOracle(t).OneWay {
		d := make([][]float64, len(c.D))
		for i, v := range c.D {
			d[i] = []float64{v}
		}
		e := TwoWay(d)
		low, high := e.Interval(.95)
		same(t, "p", e.P(), c.P, 1e-9)
		same(t, "low", low, c.Low, 1e-9)
		same(t, "high", high, c.High, 1e-9)
	}
}

func TestTwoWayOracle(t *testing.T) {
	kinds := map[string]int{}
	for _, c := range readOracle(t).TwoWay {
		e := TwoWay(c.D)
		same(t, "mean", e.Mean, c.Mean, 1e-12)
		n := float64(len(c.D) * len(c.D[0]))
		variance, df := math.NaN(), math.NaN()
		widest := 0.0
		take := func(v, f float64) {
			e := Estimate{StdErr: math.Sqrt(v), DF: f}
			if low, high := e.Interval(.95); high-low > widest {
				widest, variance, df = high-low, v, f
			}
		}
		for i := range 2 {
			take(c.MS[i]/n, c.DF[i])
		}
		if c.MS[0] > c.MS[2] && c.MS[1] > c.MS[2] { // no component came out negative
			larger := 0
			if c.MS[1] > c.MS[0] {
				larger = 1
			}
			take(c.Variance, min(c.Satterthwaite, c.DF[larger]))
		}
		switch {
		case variance != c.Variance:
			kinds["one source"]++
		case df < c.Satterthwaite:
			kinds["capped"]++
		default:
			kinds["both sources"]++
		}
		same(t, "variance", e.StdErr*e.StdErr, variance, 1e-9)
		same(t, "degrees of freedom", e.DF, df, 1e-9)
	}
	if len(kinds) < 3 {
		t.Errorf("stats.json lacks cases: %v", kinds)
	}
}

func TestHolmOracle(t *testing.T) {
	for _, c := range readOracle(t).Holm {
		adjusted, _ := Holm(c.P, .05)
		for i, p := range adjusted {
			same(t, "adjusted p", p, c.Adjusted[i], 1e-12)
			if (p <= .05) != c.Reject[i] {
				t.Errorf("p %v of %v: rejected %v", c.P[i], c.P, !c.Reject[i])
			}
		}
	}
}
