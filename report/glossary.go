package report

import "slices"

// glossary explains the words of the page, and every metric that it measured
// by the record's own definition.
func (v *view) glossary() []fact {
	out := []fact{
		{"arm", "A variant together with the window it reads and the window it is supervised on."},
		{"border", "The image's own edge. A tile edge is the line between areas that different tiles predicted; image borders are not tile edges."},
		{"context", "Input px that a network reads beyond its output on one side. A halo is output px to discard at an inner tile edge so that tiled equals whole; 0 for unpadded networks, whose context is read instead."},
		{"contrast", "An arm minus the reference, paired by seed and image, with an interval from a two-way random-effects model (seeds × images). p is adjusted by Holm's method, so that verdicts hold for all arms of one metric and way of predicting at once; the interval goes with it and covers its own difference with 95 % or more."},
		{"different, equivalent, undecided", "Different: the interval excludes 0. Equivalent: it lies within the margin. Undecided: neither; more seeds or images would be needed. So far: an arm was still learning when it was stopped, or a run of it never began to, so the verdict speaks of unfinished networks."},
		{"interval over seeds", "The ± beside a figure: Student's t interval over the seeds' means. It describes one arm; for two arms look at their contrast."},
		{"legal size", "An input size at which nothing is rounded down anywhere in the network. Other sizes may run, but crop oddly or lose a row."},
		{"MAC", "One multiply-accumulate of a convolution, forward. An interpolated value counts 4, in a column of its own."},
		{"misregistration", "At a join: by how many input px the skip and the decoder disagree on where a pixel lies. Local follows the skip's grid after each join, accumulated follows the decoder's content."},
		{"oracle", "The border oracle cuts a window from inside a larger scene, so that its continuation is known: what the reference predicts with that true context is the best that context can do."},
		{"regime", "What one comparison holds equal: output (supervised pixels), input (pixels read), macs (multiply-accumulates of the whole training) or time (of the whole training, as measured on the machine that ran it)."},
		{"skip", "The connection that carries an encoder's map across to the decoder at the same level; a join is where they are concatenated."},
		{"step", "The product of the strides: legal sizes and tile origins advance by it."},
	}
	for _, m := range v.Metrics {
		if m.Doc == "" {
			continue
		}
		name := metricLabel(m.Name)
		if slices.ContainsFunc(out, func(f fact) bool { return f.Name == name }) {
			name = m.Name
		}
		out = append(out, fact{name, sentence(m.Doc)})
	}
	return out
}
