package report

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"unetbench/internal/profile"
)

// profiles are the profiles that `unetbench profile --out` left in the run's
// folder as profile*.json: for each a roofline and its table.
func (v *view) profiles(fsys fs.FS) (blocks []block, err error) {
	if fsys == nil {
		return nil, nil
	}
	names, err := fs.Glob(fsys, "profile*.json")
	if err != nil {
		return nil, err
	}
	for i, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		var r profile.Result
		if err := json.Unmarshal(raw, &r); err != nil || len(r.Layers) == 0 || r.Roofs.GBs <= 0 {
			return nil, fmt.Errorf("%s: no profile (%v): write it with unetbench profile --out, or remove it", name, err)
		}
		f, err := roofline(&r, fmt.Sprint("roofline", i+1)).html()
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, block{Figure: f}, block{Hidden: v.html(layerTable(&r))})
	}
	return blocks, nil
}

// passStyles tell what layers do: the forward pass, and what training adds.
var passStyles = []struct {
	pass  string
	style armStyle
}{
	{"forward", armStyle{hue: blue, marker: disc}},
	{"weight gradient", armStyle{hue: orange, marker: square}},
	{"input gradient", armStyle{hue: green, marker: triangle}},
}

// roofline sets the layers with arithmetic under the roofs (Williams, Waterman
// and Patterson 2009): speed against the multiply-adds done per byte that must move.
func roofline(r *profile.Result, id string) figure {
	f := figure{ID: id, Title: "How fast each layer runs: " + profiled(r), Cols: 1,
		How: "Each mark is a layer; the line is what the machine could do at best, bound by memory on the slope and by arithmetic on the flat. The nearer a mark is to the line, the less is left to gain."}
	type mark struct {
		style armStyle
		x, y  float64
	}
	var marks []mark
	lo, hi, low := math.Inf(1), math.Inf(-1), r.Roofs.GFLOPS
	for _, p := range passStyles {
		seen := false
		for _, l := range r.Layers {
			if l.Pass != p.pass || l.Arithmetic <= 0 || l.Seconds <= 0 || l.Bytes <= 0 {
				continue
			}
			m := mark{p.style, 2e9 * l.Arithmetic / float64(l.Bytes), 2 * l.Arithmetic / l.Seconds}
			marks, seen = append(marks, m), true
			lo, hi, low = min(lo, m.x), max(hi, m.x), min(low, m.y)
		}
		if seen {
			f.Legend = append(f.Legend, legendItem{Label: p.pass, style: p.style})
		}
	}
	if len(marks) == 0 {
		return f
	}
	corner := r.Roofs.GFLOPS / r.Roofs.GBs
	p := newPlot()
	p.X.Min, p.X.Max = min(lo, corner)/1.5, max(hi, corner)*1.5
	p.Y.Min, p.Y.Max = low/1.5, r.Roofs.GFLOPS*1.5
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	number := func(x float64) string { return trimZeros(si(x)) }
	p.X.Tick.Marker, p.Y.Tick.Marker = ticker{want: 4, log: true, name: number}, ticker{want: 3, log: true, name: number}
	p.X.Label.Text = "floating-point operations per byte moved, log scale"
	p.Add(rules(p), drawing(func(c draw.Canvas, x, y func(float64) vg.Length) {
		c.StrokeLines(draw.LineStyle{Color: ink.light, Width: 1.4}, []vg.Point{
			{X: x(max(p.X.Min, p.Y.Min/r.Roofs.GBs)), Y: y(max(p.X.Min*r.Roofs.GBs, p.Y.Min))},
			{X: x(corner), Y: y(r.Roofs.GFLOPS)}, {X: x(p.X.Max), Y: y(r.Roofs.GFLOPS)}})
		for _, m := range marks {
			drawMarker(c, m.style, vg.Point{X: x(m.x), Y: y(m.y)}, 3.4)
		}
	}))
	f.Panels = []panel{{Unit: "GFLOPS of the arithmetic that the layer's algorithm does, log scale", W: 400, H: 250, plot: p,
		Alt: fmt.Sprintf("Roofline of %d layers under %s GFLOPS and %s GB/s", len(marks), significant(r.Roofs.GFLOPS), significant(r.Roofs.GBs))}}
	return f
}

// profiled says what was run.
func profiled(r *profile.Result) string {
	what := "prediction"
	if r.Train {
		what = "training step"
	}
	return fmt.Sprintf("%s, width %s, %d px, batch %d, %s", r.Arch, r.Net["width"], r.Size, r.Batch, what)
}

// layerTable lists every layer with its share of the time.
func layerTable(r *profile.Result) *table {
	t := &table{Title: "Where the time goes: " + profiled(r), Head: []string{"layer", "op", "pass", "algorithm", "ms", "GFLOPS", "GB/s", "% of its roof"},
		Tips: []string{"", "", "", "how a convolution is computed", "median time", "of the arithmetic that direct convolution would do", "of the least that must move", "the time that the roof over it allows, of its time"},
		Note: fmt.Sprintf("%s kernels, %d thread(s): %s s a pass (median of %d), planned %s MiB, peak resident %s MB. These figures belong to one machine.",
			r.Kernel, r.Threads, significant(r.Median), len(r.Runs), significant(float64(r.Planned)/(1<<20)), significant(r.PeakRSS))}
	blank := func(x float64, s string) tableCell {
		if x == 0 {
			return textCell("")
		}
		return textCell(s)
	}
	for _, l := range r.Layers {
		t.Rows = append(t.Rows, tableRow{"", []tableCell{textCell(l.Name), textCell(l.Op), textCell(l.Pass), textCell(l.Algorithm),
			textCell(strconv.FormatFloat(1e3*l.Seconds, 'f', 2, 64)), blank(l.GFLOPS, significant(l.GFLOPS)), blank(l.GBs, significant(l.GBs)),
			blank(l.Percent, strconv.FormatFloat(l.Percent, 'f', 0, 64))}})
	}
	return t
}
