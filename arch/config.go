package arch

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"unetbench/graph"
)

// Default is the network of the default comparison: 121,394 parameters.
func Default() Config {
	return Config{In: 1, Classes: 2, Pools: 3, Width: 8, Up: Transposed, Norm: NormBatch,
		Padding: graph.PadZero, Interp: graph.Bilinear}
}

// Ronneberger2015 is the network of the paper: 4 poolings, 64 channels, no
// normalisation, dropout at the end of the contraction.
func Ronneberger2015() Config {
	return Config{In: 1, Classes: 2, Pools: 4, Width: 64, Up: Transposed, Norm: NormNone,
		Padding: graph.PadZero, Interp: graph.Bilinear, Dropout: 0.5}
}

// What one configuration may ask for, so that a slip of the keyboard is an
// error and not an attempt to allocate it.
const (
	maxPools    = 8
	maxChannels = 1 << 16
)

// Validate says what is wrong with c, in the words of the command line's flags.
func (c Config) Validate() error {
	switch {
	case c.In < 1 || c.In > maxChannels:
		return fmt.Errorf("image channels %d: want 1 (grey), 3 (RGB) or another count up to %d", c.In, maxChannels)
	case c.Classes < 2 || c.Classes > maxChannels:
		return fmt.Errorf("--classes %d: want 2 (background and foreground) or more, up to %d", c.Classes, maxChannels)
	case c.Pools < 1 || c.Pools > maxPools:
		return fmt.Errorf("--pools %d: want 1 to %d; without pooling there is no skip to compare", c.Pools, maxPools)
	case c.Width < 1:
		return fmt.Errorf("--width %d: want 1 channel or more at full resolution", c.Width)
	case c.Width > maxChannels>>c.Pools:
		return fmt.Errorf("--width %d doubles to more than %d channels in --pools %d poolings: want --width %d or less",
			c.Width, maxChannels, c.Pools, maxChannels>>c.Pools)
	case int(c.Up) >= len(upNames):
		return fmt.Errorf("--up %v: want one of %s", c.Up, strings.Join(upNames, ", "))
	case int(c.Norm) >= len(normNames):
		return fmt.Errorf("--norm %v: want one of %s", c.Norm, strings.Join(normNames, ", "))
	case c.Padding > graph.PadCircular:
		return fmt.Errorf("--padding Padding(%d): want zero, reflect, replicate or circular", c.Padding)
	case c.Interp > graph.Nearest:
		return fmt.Errorf("--interp Interp(%d): want bilinear, bilinear-align or nearest", c.Interp)
	case math.IsNaN(c.Dropout) || c.Dropout < 0 || c.Dropout >= 1:
		return fmt.Errorf("dropout rate %v: want 0 (none) or more, below 1", c.Dropout)
	}
	return nil
}

var upNames = []string{"transposed", "bilinear", "nearest", "shuffle", "shuffle-blur"}

func (u Up) String() string {
	if int(u) < len(upNames) {
		return upNames[u]
	}
	return fmt.Sprintf("Up(%d)", uint8(u))
}

// ParseUp reads the name that Up.String writes.
func ParseUp(s string) (Up, error) {
	if i := slices.Index(upNames, s); i >= 0 {
		return Up(i), nil
	}
	return 0, fmt.Errorf("unknown upsampling %q: want one of %s", s, strings.Join(upNames, ", "))
}

// Ups lists every kind of upsampling.
func Ups() []Up { return []Up{Transposed, UpBilinear, UpNearest, UpShuffle, UpShuffleBlur} }

var normNames = []string{"none", "batch", "instance", "group"}

func (n NormKind) String() string {
	if int(n) < len(normNames) {
		return normNames[n]
	}
	return fmt.Sprintf("NormKind(%d)", uint8(n))
}

// Norms lists every kind of normalisation.
func Norms() []NormKind { return []NormKind{NormNone, NormBatch, NormInstance, NormGroup} }

// ParseNorm reads the name that NormKind.String writes.
func ParseNorm(s string) (NormKind, error) {
	if i := slices.Index(normNames, s); i >= 0 {
		return NormKind(i), nil
	}
	return 0, fmt.Errorf("unknown normalisation %q: want one of %s", s, strings.Join(normNames, ", "))
}
