package profile

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// WriteText writes r as a table for people.
func WriteText(w io.Writer, r *Result) error {
	var b strings.Builder
	what := "prediction"
	if r.Train {
		what = "training step"
	}
	exact := ""
	if r.Exact {
		exact = ", direct convolution only"
	}
	fmt.Fprintf(&b, "%s, width %s, %s poolings, norm %s, %d×%d px, batch %d: %s\n",
		r.Arch, r.Net["width"], r.Net["pools"], r.Net["norm"], r.Size, r.Size, r.Batch, what)
	fmt.Fprintf(&b, "%s kernels, %d thread(s)%s; roofs: %.1f GFLOPS, %.1f GB/s\n\n", r.Kernel, r.Threads, exact, r.Roofs.GFLOPS, r.Roofs.GBs)

	rows := [][]string{{"layer", "op", "pass", "algorithm", "limit", "GMAC", "MB", "ms", "GFLOPS", "GB/s", "limit, ms", "% of limit"}}
	for _, l := range r.Layers {
		rows = append(rows, []string{l.Name, l.Op, l.Pass, l.Algorithm, l.Limit,
			orBlank("%.3f", l.GMAC), fmt.Sprintf("%.2f", float64(l.Bytes)/1e6), fmt.Sprintf("%.3f", 1e3*l.Seconds),
			orBlank("%.1f", l.GFLOPS), fmt.Sprintf("%.1f", l.GBs), fmt.Sprintf("%.3f", 1e3*l.LimitS), fmt.Sprintf("%.0f", l.Percent)})
	}
	align(&b, rows, 5)

	fmt.Fprintf(&b, "\n%s: median %.4f s, min %.4f, max %.4f of %d runs\n", what, r.Median, r.Min, r.Max, len(r.Runs))
	fmt.Fprintf(&b, "%.3f GMAC, %.1f GFLOPS; planned %.1f MB, peak resident %.1f MB\n", r.GMAC, r.GFLOPS, float64(r.Planned)/1e6, r.PeakRSS)
	_, err := io.WriteString(w, b.String())
	return err
}

// orBlank leaves zeros out.
func orBlank(format string, x float64) string {
	if x == 0 {
		return ""
	}
	return fmt.Sprintf(format, x)
}

// align writes rows in columns, of which the first left ones are text.
func align(b *strings.Builder, rows [][]string, left int) {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, r := range rows {
		var line []string
		for i, cell := range r {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i < left {
				line = append(line, cell+pad)
			} else {
				line = append(line, pad+cell)
			}
		}
		b.WriteString(strings.TrimRight(strings.Join(line, "  "), " ") + "\n")
	}
}
