package report

import (
	"fmt"
	"slices"
	"strings"

	"unetbench/arch"
	"unetbench/bench"
)

// setupFacts lists what every arm had in common.
func (v *view) setupFacts() []fact {
	s := v.Setup
	var out []fact
	add := func(name, format string, args ...any) {
		if text := fmt.Sprintf(format, args...); text != "" {
			out = append(out, fact{name, text})
		}
	}
	add("Data", "%s, %s, %s", v.dataName(), count(s.Channels, "channel"), plural(s.Classes, "class", "classes"))
	add("Trained on", "%s", named12(s.Train))
	add("Scored on", "%s, whole where that is legal and in tiles; every pixel of the field of view", named12(s.Test))
	if p := v.params(); p != "" {
		add("Initial weights", "the same tensors for every arm, from each seed: all parameters of all arms have the same shapes (%s)", p)
	} else {
		add("Initial weights", "the same tensors for every arm, from each seed, where arms have the same parameters: all but those of a preset's own decoder")
	}
	drawn := "image, place, rotation and flip"
	if s.Augment == "elastic" {
		drawn = "image, place, rotation, flip and an elastic deformation (3×3 grid, σ 10 px, as in Ronneberger 2015)"
	}
	add("Patches and augmentation", "one random stream per seed gives %s, the same for all arms, so that arms are compared in pairs", drawn)
	add("Windows", "%s", v.windows())
	add("Network", "%s, width %d, upsampling %s, norm %s, dropout %s", count(s.Pools, "pooling"), s.Width, s.Up, s.Norm, plain(s.Dropout))
	if s.Norm == arch.NormInstance.String() || s.Norm == arch.NormGroup.String() {
		add("Normalisation", "by each window's own mean and variance, in prediction too: every pixel depends on the whole window, so no overlap makes the tiles of any arm agree with the whole image")
	}
	add("Where arms may differ", "padded pads with %s; the resized arms interpolate %s", s.Padding, s.Interp)
	add("Training", "%s of batch %d, the recipe's optimiser and schedule; the averaged weights are scored", count(s.Steps, "step"), s.Batch)
	add("Training steps", "%s", v.stepsFact())
	add("Loss", "%s", lossPhrase(s))
	add("Seeds", "%s", seedList(s.Seeds))
	add("Regimes", "%s", regimes(s.Regimes))
	add("Margin of equivalence", "±%s Dice points", plain(s.Margin))
	trained := "trained with Winograd's convolutions where they are faster, measured by direct ones, so that what tiles change is not rounding"
	if s.Exact {
		trained = "trained and measured by direct convolution"
	}
	add("Arithmetic", "float32, %s kernels; %s; the same bits for any number of threads", orUnknown(s.Kernel), trained)
	return out
}

// lossPhrase names the loss that all arms were trained with.
func lossPhrase(s bench.Setup) string {
	switch s.Loss {
	case "cross-entropy":
		return "cross-entropy, every pixel alike"
	case "border-weighted":
		return "cross-entropy, weighted as in Ronneberger 2015: classes balanced, and up to 10 more between cells that are close (σ 5 px); cells are the components of the " + s.Cells
	}
	return s.Loss
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// named12 counts the images, and names them if they are few.
func named12(names []string) string {
	s := count(len(names), "image")
	if len(names) > 0 && len(names) <= 12 {
		s += ": " + strings.Join(names, ", ")
	}
	return s
}

// params is the number of parameters, if it is one number.
func (v *view) params() string {
	n := 0
	for _, a := range v.Arms {
		if n != 0 && a.Params != n {
			return ""
		}
		n = a.Params
	}
	if n == 0 {
		return ""
	}
	return grouped(n) + " parameters"
}

// windows lists what each arm reads and is supervised on.
func (v *view) windows() string {
	var parts []string
	for _, a := range v.Results.Arms {
		s := fmt.Sprintf("%s %d/%d", a.Name, a.In, a.Out)
		if len(v.Setup.Regimes) > 1 {
			s = a.Regime + ": " + s
		}
		if a.Mirrored {
			s += " mirrored out from the patch"
		}
		if !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "input/supervised side, px: " + strings.Join(parts, "; ")
}

func seedList(seeds []uint64) string {
	var s []string
	for _, x := range seeds {
		s = append(s, fmt.Sprint(x))
	}
	return strings.Join(s, ", ")
}

func regimes(names []string) string {
	var s []string
	for _, r := range names {
		s = append(s, r+" ("+regimePhrase(r)+")")
	}
	return strings.Join(s, ", ")
}

// armFacts says of each arm what it is.
func (v *view) armFacts() []fact {
	var out []fact
	for _, a := range v.Arms {
		text := sentence(a.Doc)
		if a.Control {
			text = strings.TrimSpace("Control. " + text)
		}
		if a.PlannedMiB > 0 {
			text += fmt.Sprintf(" One training step plans %s MiB of buffers.", significant(a.PlannedMiB))
		}
		if text != "" {
			out = append(out, fact{a.Name, strings.TrimSpace(text)})
		}
	}
	return out
}

// command is the command line that measures the same again.
func (v *view) command() string {
	s := v.Setup
	var b strings.Builder
	b.WriteString("go run ./cmd/unetbench compare")
	flag := func(name string, value any) { fmt.Fprintf(&b, " --%s %v", name, value) }
	if !v.synthetic() {
		flag("images", "DIR/"+v.dataName()+"/images")
		flag("masks", "DIR/"+v.dataName()+"/masks")
		flag("classes", s.Classes)
	}
	if names := v.variants(); len(names) > 0 {
		flag("arch", strings.Join(names, ","))
	}
	flag("seeds", len(s.Seeds))
	if len(s.Seeds) > 0 {
		flag("seed", s.Seeds[0])
	}
	flag("steps", s.Steps)
	for _, r := range s.Regimes {
		flag("regime", r)
	}
	if r := v.timeRatios(); r != "" {
		flag("time-ratios", r)
	}
	if s.Loss != "" {
		flag("loss", s.Loss)
	}
	if s.Cells != "" {
		flag("cells", s.Cells)
	}
	if s.Augment != "" {
		flag("augment", s.Augment)
	}
	if slices.ContainsFunc(v.Arms, func(a bench.Arm) bool { return a.Control && !noSkip(a) }) {
		b.WriteString(" --controls")
	}
	flag("pools", s.Pools)
	flag("width", s.Width)
	flag("up", s.Up)
	flag("norm", s.Norm)
	if s.Dropout > 0 {
		flag("dropout", plain(s.Dropout))
	}
	if a, ok := v.arm(bench.Reference); ok && a.Tile > 0 && a.Tile != a.In {
		flag("tile", a.Tile)
	}
	flag("padding", s.Padding)
	flag("interp", s.Interp)
	flag("margin", plain(s.Margin))
	if s.Exact {
		b.WriteString(" --exact")
	}
	return b.String()
}

// variants are the architectures that took part, unless they are the default.
func (v *view) variants() []string {
	var names []string
	for _, a := range v.Arms {
		if a.Arch != "" && !slices.Contains(names, a.Arch) {
			names = append(names, a.Arch)
		}
	}
	if slices.EqualFunc(names, bench.Variants, func(s string, a arch.Arch) bool { return s == a.Name() }) {
		return nil
	}
	return names
}

// reproduceNote says under what conditions the bytes come out the same.
func (v *view) reproduceNote() string {
	measured := ""
	if v.timeRatios() != "" {
		measured = " Regime time rests on how long a step of each arm took on the machine that ran it, so without --time-ratios it is not repeatable byte for byte; it is the only regime of which that is true."
	}
	return fmt.Sprintf("With %s kernels this gives the same results.txt and results.json byte for byte, for any number of threads; other kernels sum in another order and differ in the last bits. "+
		"Settings not shown are the defaults (%d pools, width %d, upsampling %v, norm %v). “unetbench report DIR” renders this page again from the records.%s",
		orUnknown(v.Setup.Kernel), arch.Default().Pools, arch.Default().Width, arch.Default().Up, arch.Default().Norm, measured)
}
