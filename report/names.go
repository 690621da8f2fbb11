package report

import (
	"strings"

	"unetbench/bench"
)

// metricLabels are the short names of metrics in tables and charts; a metric
// that is not here goes by its own name.
var metricLabels = map[string]string{
	"dice":              "Dice",
	"dice-best":         "Dice at the best threshold",
	"ap":                "average precision",
	"iou":               "IoU",
	"bf1":               "boundary F1",
	"error":             "error rate",
	"v-rand":            "V_Rand",
	"v-info":            "V_Info",
	"cldice":            "clDice",
	"nsd":               "surface Dice",
	"hd95":              "Hausdorff 95",
	"boundary-iou":      "boundary IoU",
	"seam-step":         "seam step",
	"shift-consistency": "shift consistency",
	"checkerboard-init": "checkerboard at initialisation", "checkerboard-flat": "checkerboard on flat input",
	"checkerboard-image": "checkerboard on images",
	"skip-use":           "skip use",
	"mac/px":             "MAC/px",
	"interp/px":          "interpolation MAC/px",
	"resize-kept":        "spectrum kept",
	"resize-aliased":     "spectrum aliased",
	"blur-variance":      "variance left",
	"blur-period":        "period of the blur",
}

// metricLabel names a metric for a reader. Curves ("dice:border") are named by
// what they are binned over.
func metricLabel(name string) string {
	base, place, curve := strings.Cut(name, ":")
	l, ok := metricLabels[base]
	if !ok {
		l = base
	}
	if curve {
		switch place {
		case "border":
			l += " by distance to the image border"
		case "edge":
			l += " by distance to the tile edge"
		default:
			l += " by " + place
		}
	}
	return l
}

// doing is what an arm does at its joins, as the subject of a sentence.
func doing(a bench.Arm) string {
	s := map[string]string{
		"valid":        "cropping",
		"padded":       "padding",
		"resized-skip": "resizing the skip",
		"resized-up":   "enlarging the decoder",
		"no-skip":      "no skips at all",
	}[a.Arch]
	switch {
	case a.Name == "no-skip":
		return "no skips at all"
	case s == "":
		return a.Name
	case a.Name != a.Arch:
		return s + " (" + a.Name + ")"
	}
	return s
}

// doingName is doing for an arm known by name only.
func (v *view) doingName(name string) string {
	a, ok := v.arm(name)
	if !ok {
		a.Arch = name
	}
	return doing(a)
}

// isArch reports whether a is a contestant, not a control, of that family.
func isArch(a bench.Arm, family string) bool {
	return !a.Control && a.Name != "no-skip" && (a.Arch == family || strings.HasPrefix(a.Arch, family+"-"))
}

// tilePhrase says in prose how the prediction was made.
func tilePhrase(tile string) string {
	side, overlap, _ := strings.Cut(tile, "+")
	switch {
	case tile == "":
		return ""
	case tile == whole:
		return "predicted whole"
	case tile == tiled:
		return "predicted in tiles"
	case leadingNumber(tile) < 0:
		return "predicted in " + tile
	case overlap == "" || overlap == "0":
		return "in tiles of " + side + " px"
	}
	return "in tiles of " + side + " px that overlap by " + overlap
}

// tileShort is tilePhrase for a table.
func tileShort(tile string) string {
	side, overlap, _ := strings.Cut(tile, "+")
	switch {
	case tile == "":
		return "–"
	case overlap == "0":
		return side
	case overlap != "":
		return side + ", overlap " + overlap
	}
	return tile
}

// regimePhrase says what a regime holds equal.
func regimePhrase(regime string) string {
	switch regime {
	case "output":
		return "with equal supervised windows"
	case "input":
		return "with equal input windows"
	case "macs":
		return "at equal arithmetic"
	case "time":
		return "at equal time"
	case "":
		return ""
	}
	return "in regime " + regime
}

// binPhrase says where on a curve a bin lies.
func binPhrase(metric, bin string) string {
	_, place, _ := strings.Cut(metric, ":")
	switch place {
	case "border":
		return binRange(bin) + " px from the image border"
	case "edge":
		return binRange(bin) + " px from a tile edge"
	}
	return bin
}

// binRange typesets "0-2" as "0–2" and "32+" as "32 or more".
func binRange(bin string) string {
	if s, ok := strings.CutSuffix(bin, "+"); ok {
		return s + " or more"
	}
	return strings.ReplaceAll(bin, "-", "–")
}
