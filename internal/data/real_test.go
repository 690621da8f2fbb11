package data

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// realData is the folder of real data sets, which is not part of the
// repository: $UNETBENCH_DATA, or shared/data beside the clone.
func realData(t *testing.T) string {
	dir := os.Getenv("UNETBENCH_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no real data: set UNETBENCH_DATA to a folder of data sets")
	}
	return dir
}

// Every real data set loads as it is, with the classes, channels and class
// fractions that its description gives.
func TestRealData(t *testing.T) {
	dir := realData(t)
	for _, c := range []struct {
		name                     string
		pairs, channels, classes int
		last                     float64 // fraction of the last class
		series                   bool
		testFirst                string
	}{
		{name: "isbi2012_em", pairs: 30, channels: 1, classes: 2, last: .21963, series: true, testFirst: "20.png"},
		{name: "nasa_super", pairs: 18, channels: 1, classes: 3, last: .02242},
		{name: "dsb2018_he", pairs: 48, channels: 3, classes: 2, last: .21107},
		{name: "dsb2018_f256", pairs: 120, channels: 1, classes: 2, last: .07435},
		{name: "dsb2018_f360", pairs: 60, channels: 1, classes: 2, last: .2817},
		{name: "dsb2018_f520", pairs: 45, channels: 1, classes: 2, last: .18446},
		{name: "axondeepseg_sem", pairs: 10, channels: 1, classes: 3, last: .26665},
		{name: "chase_db1", pairs: 14, channels: 3, classes: 2, last: .07736},
	} {
		t.Run(c.name, func(t *testing.T) {
			images := filepath.Join(dir, c.name, "images")
			if _, err := os.Stat(images); err != nil {
				t.Skip(c.name + " is not there")
			}
			examples, info, err := Load(images, filepath.Join(dir, c.name, "masks"), LoadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if len(examples) != c.pairs || info.Channels != c.channels || info.Classes != c.classes || info.Series != c.series || len(info.Warnings) > 0 {
				t.Errorf("%d pairs, %+v", len(examples), info)
			}
			mean := 0.0
			for _, e := range examples {
				count := 0
				for _, l := range e.Labels {
					if int(l) == info.Classes-1 {
						count++
					}
				}
				mean += float64(count) / float64(len(e.Labels)) / float64(len(examples))
			}
			if math.Abs(mean-c.last) > 1e-4 {
				t.Errorf("class %d fills %.5f, want %.5f", info.Classes-1, mean, c.last)
			}
			if _, test, err := Split(examples, 107); err != nil || c.testFirst != "" && test[0].Name != c.testFirst {
				t.Errorf("split: %v, %v", test[0].Name, err)
			}
		})
	}
}

// Masks of numbered objects are refused, not taken for classes.
func TestRealInstances(t *testing.T) {
	masks, _ := filepath.Glob(filepath.Join(realData(t), "dsb2018_*", "instances"))
	if len(masks) == 0 {
		t.Skip("no numbered objects are there")
	}
	for _, dir := range masks {
		_, _, err := Load(filepath.Join(filepath.Dir(dir), "images"), dir, LoadOptions{})
		if err == nil || !strings.Contains(err.Error(), "numbers of objects") {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

// Satellite bands of 16 bit, one file each.
func TestRealBands(t *testing.T) {
	bands, _ := filepath.Glob(filepath.Join(realData(t), "format_samples", "sentinel2", "b*_u16.png"))
	if len(bands) == 0 {
		t.Skip("no 16-bit samples are there")
	}
	for _, path := range bands {
		m, err := LoadImage(path, 1)
		if err != nil {
			t.Fatal(err)
		}
		levels := make(map[float32]bool)
		for _, v := range m.Pix {
			levels[v] = true
		}
		if len(levels) <= 256 {
			t.Errorf("%s: %d levels, as if read with 8 bit", path, len(levels))
		}
	}
}
