package bench

// Metrics defines every metric that a comparison records, in report order. A
// score "x" has curves "x:border" and "x:edge" over DistanceBins.
var Metrics = metricTable()

// LookupMetric returns the definition of the metric of that name.
func LookupMetric(name string) (Metric, bool) {
	for _, m := range Metrics {
		if m.Name == name {
			return m, true
		}
	}
	return Metric{}, false
}

func metricTable() []Metric {
	const higher, lower, neither = +1, -1, 0
	scores := []Metric{
		{"dice", "%", higher, false, "2·TP/(2·TP+FP+FN) of the class of largest logit; each foreground class against the rest, averaged; a class absent from truth and prediction is left out"},
		{"dice-best", "%", higher, false, "Dice at the class probability threshold that maximises it on the whole image: accuracy without calibration"},
		{"ap", "%", higher, false, "average precision Σ (R_n − R_{n−1})·P_n over all thresholds, not interpolated (scikit-learn's definition)"},
		{"iou", "%", higher, false, "TP/(TP+FP+FN) of the class of largest logit, averaged as Dice is"},
		{"bf1", "%", higher, false, "boundary F1 with a tolerance of 2 px, Euclidean (Csurka et al. 2013); boundary: pixels with a 4-neighbour of the other kind; the image's edge is no boundary; without predicted (true) boundary, precision (recall) is 1"},
		{"error", "%", lower, false, "pixels whose class of largest logit is wrong"},
	}
	var out []Metric
	for _, at := range [][2]string{{"", ""}, {":border", ", over pixels at that distance from the image border"},
		{":edge", ", over pixels at that distance from the nearest tile edge"}} {
		for _, m := range scores {
			m.Name += at[0]
			m.Doc += at[1]
			out = append(out, m)
		}
	}
	return append(out, []Metric{
		{"v-rand", "%", higher, false, "V_Rand of ISBI 2012: F score of pairs of pixels in one cell, over cells as class 1 parts class 0, the predicted membranes thinned by a watershed; best over the probability thresholds 0, 0.1 … 1 (Arganda-Carreras et al. 2015; equals Fiji's script). Only where class 1 is a membrane"},
		{"v-info", "%", higher, false, "V_Info of ISBI 2012: mutual information of true and predicted cells over the mean of their entropies, thinned and thresholded as V_Rand"},
		{"cldice", "%", higher, false, "centreline Dice: harmonic mean of the shares of each skeleton that lie in the other mask (Shit et al. 2021; equals jocpae/clDice with scikit-image's skeletons); 0 where one mask or skeleton is empty"},
		{"nsd", "%", higher, false, "normalised surface distance, or surface Dice, with a tolerance of 2 px: the part of both contours within it of the other (equals google-deepmind/surface-distance, and MONAI with use_subvoxels); the image's edge closes a contour"},
		{"hd95", "px", lower, false, "95th percentile of the distance between contours, the larger direction (equals google-deepmind/surface-distance); left out where truth or prediction lacks the class"},
		{"boundary-iou", "%", higher, false, "IoU of the pixels within 2 % of the image's diagonal of the outline, at least 1 px (Cheng et al. 2021; equals boundary-iou-api); the image's edge is outline"},

		{"oracle-excess:border", "%", lower, false, "error rate in the arm's own way less that of the reference shown the true context: oracle-context plus oracle-arm"},
		{"oracle-context:border", "%", neither, false, "error rate of the best arm (chosen on other seeds) less that of the reference shown the true context: an upper bound on what missing context costs"},
		{"oracle-arm:border", "%", lower, false, "error rate of the arm less that of the best arm: the price of the arm"},
		{"oracle-own:border", "%", lower, false, "error rate in the arm's own way less its own when shown the true context"},

		{"misreg-local-max", "px", lower, true, "largest distance of skip and decoder at a join, over pixel centres, in input px; the decoder taken to lie where the join before put the skip"},
		{"misreg-local-mean", "px", lower, true, "mean of the same distance"},
		{"misreg-local-edge", "px", lower, true, "the same distance at the map's edge, half a pixel beyond its last centre"},
		{"misreg-accum-max", "px", lower, true, "largest distance of skip and decoder at a join, over pixel centres, in input px; the decoder taken to lie where its content came from"},
		{"misreg-accum-mean", "px", lower, true, "mean of the same distance"},
		{"misreg-accum-edge", "px", lower, true, "the same distance at the map's edge, half a pixel beyond its last centre"},
		{"skip-use", "points", neither, false, "Dice lost when the pixels of this level's skip are shuffled in the trained network: 0 where the skip is ignored"},

		{"resize-kept", "%", higher, true, "energy of white noise that an interpolation leaves at its own frequencies"},
		{"resize-aliased", "%", lower, true, "energy of white noise that an interpolation moves to other frequencies; what is missing to 100 with resize-kept is smoothed away"},
		{"blur-variance", "ratio", neither, true, "local variance of unit white noise after an interpolation, least, mean and most over positions: (1−w)²+w² per axis"},
		{"blur-period", "px", neither, true, "after how many pixels the blur of an interpolation repeats (exact), and the period of its strongest ripple (visible; 0 for none)"},

		{"checkerboard-init", "%", lower, false, "standard deviation of an untrained network's logits on flat images (−1, +1), beyond the halo, relative to that on the test image; without a finite halo, over the central half. Bins: what of it repeats every 2, 4, 8 … px"},
		{"checkerboard-flat", "%", lower, false, "the same of the trained network"},
		{"checkerboard-image", "%", lower, false, "share of the variance of the logits on the test image at the frequencies i/step, j/step, above the mean of the frequencies around (bin floor); Hann window; about 0 without a checkerboard"},
		{"shift-consistency", "%", higher, false, "pixels that keep their class when the input window moves by that many px along both axes (Zhang 2019, per pixel), beyond the halo; without a finite halo, in the central half"},
		{"seam-step", "ratio", lower, false, "mean |difference| of neighbouring logits across tile edges, over the same of pairs at least 8 px away with equal image gradients: 1 where no seam shows"},

		{"mac/px", "MAC/px", lower, true, "multiply-accumulates of all tiles per pixel of the image: inside plus border plus repeated"},
		{"mac-inside/px", "MAC/px", neither, true, "of these, spent on distinct positions within the image, on the step's lattice"},
		{"mac-border/px", "MAC/px", lower, true, "of these, spent on distinct positions outside the image"},
		{"mac-repeated/px", "MAC/px", lower, true, "of these, spent on positions that another tile computes too"},
		{"interp/px", "MAC/px", lower, true, "multiply-accumulates of interpolation, counted apart: 4 per bilinear value"},
	}...)
}
