package bench

import (
	"math"

	"unetbench/internal/metric"
)

// Outline scores the shapes that c.Logits predicts on the whole image, by the
// definitions of the field's tools (internal/metric): "nsd", "hd95",
// "boundary-iou" and "cldice". Each foreground class is scored against the rest
// and averaged, as Dice is; a class for which a score is undefined is left out.
func Outline(c *Case) ([]Sample, error) {
	if err := c.check(c.Logits); err != nil {
		return nil, c.wrap("outline", err)
	}
	names := [...]string{"nsd", "hd95", "boundary-iou", "cldice"}
	var mean [len(names)]average
	pred, h, w := argmax(c.Logits), c.Logits.H, c.Logits.W
	for class := 1; class < c.Logits.C; class++ {
		t, p := metric.Of(c.Example.Labels, h, w, class), metric.Of(pred, h, w, class)
		if !t.Any() && !p.Any() {
			continue
		}
		outlines := metric.Contours(t, p)
		mean[0].addIf(100*outlines.NSD(boundaryTolerance), true)
		hd := outlines.HD(95)
		mean[1].addIf(hd, !math.IsInf(hd, 0))
		mean[2].addIf(100*metric.BoundaryIoU(t, p), true)
		v, ok := metric.ClDice(t, p)
		mean[3].addIf(100*v, ok)
	}
	var out []value
	for i, name := range names {
		if m := mean[i]; m.n > 0 {
			out = append(out, value{name, "", m.sum / float64(m.n)})
		}
	}
	return c.keyed(out), nil
}
