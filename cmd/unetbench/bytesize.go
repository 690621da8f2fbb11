package main

import (
	"fmt"
	"strconv"
	"strings"
)

// byteSize is a flag that holds bytes: 300000000, 300MB or 256MiB.
type byteSize int64

var units = []struct {
	suffix string
	bytes  float64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}, {"", 1}}

func (b *byteSize) Set(s string) error {
	for _, u := range units {
		digits, ok := strings.CutSuffix(s, u.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(digits, 64)
		if err != nil || !(n > 0) || n*u.bytes > 1<<60 {
			break
		}
		*b = byteSize(n * u.bytes)
		return nil
	}
	return fmt.Errorf("want a size such as 256MiB or 1GB")
}

func (b *byteSize) String() string {
	return fmt.Sprintf("%.4gMiB", float64(*b)/(1<<20))
}

func (b *byteSize) Type() string { return "size" }
