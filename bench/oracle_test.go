package bench

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func oracleCount(arm string, seed uint64, image string, truth bool, wrong int) OracleCount {
	c := OracleCount{Key: Sample{Arm: arm, Seed: seed, Image: image, Regime: "output", Tile: "whole"}, True: truth,
		Wrong: make([]int, len(DistanceBins)), All: make([]int, len(DistanceBins))}
	c.Wrong[0], c.All[0] = wrong, 100
	return c
}

func TestOracleByHand(t *testing.T) {
	counts := []OracleCount{
		oracleCount("valid", 1, "a", false, 20), oracleCount("valid", 1, "a", true, 8), oracleCount("padded", 1, "a", false, 10), oracleCount("padded", 1, "a", true, 7),
		oracleCount("valid", 2, "a", false, 12), oracleCount("valid", 2, "a", true, 9), oracleCount("padded", 2, "a", false, 30),
	}
	got, err := Oracle(counts, "valid")
	if err != nil {
		t.Fatal(err)
	}
	// Seed 1 is judged by the best of seed 2, which is valid (12 < 30); seed 2
	// by the best of seed 1, padded (10 < 20).
	want := map[string]float64{
		"1 valid excess": 12, "1 valid context": 12, "1 valid arm": 0, "1 valid own": 12,
		"1 padded excess": 2, "1 padded context": 12, "1 padded arm": -10, "1 padded own": 3,
		"2 valid excess": 3, "2 valid context": 21, "2 valid arm": -18, "2 valid own": 3,
		"2 padded excess": 21, "2 padded context": 21, "2 padded arm": 0,
	}
	if len(got) != len(want) {
		t.Errorf("%d samples, want %d", len(got), len(want))
	}
	for _, s := range got {
		key := fmt.Sprintf("%d %s %s", s.Seed, s.Arm, s.Metric[len("oracle-"):len(s.Metric)-len(":border")])
		if v, ok := want[key]; !ok || !near64(s.Value, v, 1e-12) || s.Bin != "0-2" {
			t.Errorf("%s = %v in bin %s, want %v", key, s.Value, s.Bin, v)
		}
	}
}

func TestOracleOfOneSeed(t *testing.T) {
	counts := []OracleCount{
		oracleCount("valid", 1, "a", false, 20), oracleCount("valid", 1, "a", true, 8), oracleCount("padded", 1, "a", false, 10),
	}
	if got, err := Oracle(counts, "valid"); err != nil || len(got) != 1 || got[0].Metric != "oracle-own:border" {
		t.Errorf("one seed, one image: %v, %v; want no choice of the best arm", got, err)
	}
	counts = append(counts, oracleCount("valid", 1, "b", false, 5), oracleCount("valid", 1, "b", true, 5), oracleCount("padded", 1, "b", false, 50))
	got, err := Oracle(counts, "valid")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range got { // on image a, image b chooses: valid
		if s.Image == "a" && s.Metric == "oracle-context:border" && s.Value != 12 {
			t.Errorf("context cost %v on image a, want 12", s.Value)
		}
	}
}

func TestOracleRefuses(t *testing.T) {
	twice := []OracleCount{oracleCount("valid", 1, "a", false, 1), oracleCount("valid", 1, "a", false, 2)}
	if _, err := Oracle(twice, "valid"); err == nil {
		t.Error("the same prediction twice: no error")
	}
	short := oracleCount("valid", 1, "a", true, 1)
	short.All[0] = 99
	if _, err := Oracle([]OracleCount{oracleCount("valid", 1, "a", false, 1), short}, "valid"); err == nil {
		t.Error("different pixels: no error")
	}
}

// The two parts add up, and no arm that is best on all seeds pays a price.
func TestOracleAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var counts []OracleCount
		for seed := range uint64(3) {
			for _, image := range []string{"a", "b"} {
				for _, arm := range []string{"valid", "padded", "up"} {
					counts = append(counts, oracleCount(arm, seed, image, false, rapid.IntRange(0, 100).Draw(t, "wrong")))
				}
				counts = append(counts, oracleCount("valid", seed, image, true, rapid.IntRange(0, 100).Draw(t, "wrong")))
			}
		}
		got, err := Oracle(counts, "valid")
		if err != nil {
			t.Fatal(err)
		}
		sum := map[Sample]float64{}
		for _, s := range got {
			k, sign := s, -1.0
			k.Metric, k.Value = "", 0
			switch s.Metric {
			case "oracle-own:border":
				continue
			case "oracle-excess:border":
				sign = 1
			}
			sum[k] += sign * s.Value
		}
		if len(sum) != 18 {
			t.Fatalf("%d predictions split, want 18", len(sum))
		}
		for k, v := range sum {
			if !near64(v, 0, 1e-9) {
				t.Fatalf("%+v: parts miss the whole by %v", k, v)
			}
		}
	})
}
