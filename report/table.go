package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"unetbench/bench"
)

// A table is what both the terminal and the page show; the first column names
// the rows.
type table struct {
	ID    string
	Title string
	Note  string // one sentence under the table
	Head  []string
	Tips  []string // definition of each column, where there is one
	Rows  []tableRow
}

// A tableRow is one line; Arm colours it.
type tableRow struct {
	Arm   string
	Cells []tableCell
}

// A tableCell is a figure with its interval, or a verdict.
type tableCell struct {
	Text string
	PM   string // "± 0.8"
	Tone string // "better", "worse", "equivalent", "undecided" or none
}

// figure splits an estimate into cell and interval.
func figureCell(unit string, e estimate) tableCell {
	text, half, ok := strings.Cut(pm(unit, e), " ± ")
	if ok {
		half = "± " + half
	}
	return tableCell{Text: text, PM: half}
}

func textCell(s string) tableCell { return tableCell{Text: s} }

var nothing = tableCell{Text: "–"}

// add appends a column, unless it is empty for every row.
func (t *table) add(head, tip string, cells []tableCell) {
	if !slices.ContainsFunc(cells, func(c tableCell) bool { return c != nothing && c.Text != "" }) {
		return
	}
	t.Head, t.Tips = append(t.Head, head), append(t.Tips, tip)
	for i := range t.Rows {
		t.Rows[i].Cells = append(t.Rows[i].Cells, cells[i])
	}
}

// armTable starts a table with one row per arm.
func (v *view) armTable(id, title string, arms []bench.Arm) *table {
	t := &table{ID: id, Title: title, Head: []string{"arm"}, Tips: []string{""}}
	for _, a := range arms {
		t.Rows = append(t.Rows, tableRow{Arm: a.Name, Cells: []tableCell{textCell(a.Name)}})
	}
	return t
}

// column fills one column of an armTable from a metric.
func (v *view) column(arms []bench.Arm, metric, bin string) []tableCell {
	m, _ := v.metric(metric)
	cells := make([]tableCell, len(arms))
	for i, a := range arms {
		cells[i] = nothing
		if e, ok := v.shown(metric, a.Name, bin); ok {
			cells[i] = figureCell(m.Unit, e)
		}
	}
	return cells
}

// head names a metric's column with its unit.
func (v *view) head(metric, label string) string {
	m, _ := v.metric(metric)
	if m.Unit == "" || m.Unit == "ratio" || strings.Contains(label, m.Unit) {
		return label
	}
	return label + ",\u00a0" + m.Unit // the unit never stands on a line of its own
}

// accuracyTable is one row per arm with how well it predicts.
func (v *view) accuracyTable() *table {
	t := v.armTable("accuracy", "How well they predict", v.Arms)
	f := v.frame()
	verdicts := make([]tableCell, len(v.Arms))
	for i, a := range v.Arms {
		verdicts[i] = nothing
		for _, x := range v.findings("dice", "", f, func(b bench.Arm) bool { return b.Name == a.Name }) {
			verdicts[i] = x.verdict()
		}
	}
	v.metricColumn(t, "dice", "Dice", "")
	t.add("against "+v.reference(), "the paired contrast in Dice", verdicts)
	v.metricColumn(t, "dice-best", "Dice, best threshold", "")
	v.metricColumn(t, "ap", "average precision", "")
	v.metricColumn(t, "bf1", "boundary F1", "")
	if b := v.bins["dice:border"]; len(b) > 0 {
		v.metricColumn(t, "dice:border", "Dice "+binRange(b[0])+" px from border", b[0])
	}
	v.metricColumn(t, "error", "error rate", "")
	t.Note = v.summaryNote()
	return t
}

// shapeTable is one row per arm with what other tools would say of its
// predictions: cells, lines and outlines.
func (v *view) shapeTable() *table {
	t := v.armTable("shapes", "The shapes that they predict", v.Arms)
	for _, m := range shapes {
		v.metricColumn(t, m, metricLabel(m), "")
	}
	t.Note = "By the definitions of the field's own tools. V_Rand and V_Info: whether cells are parted as they should be, membranes thinned. clDice: whether lines run where they should. The others: how far outlines lie apart."
	return t
}

// characterTable is one row per arm with what it costs and leaves behind.
func (v *view) characterTable() *table {
	t := v.armTable("character", "What they cost and leave behind", v.Arms)
	windows := make([]tableCell, len(v.Arms))
	cost := make([]tableCell, len(v.Arms))
	for i, a := range v.Arms {
		cost[i], windows[i] = nothing, nothing
		if a.MACsPerPx > 0 {
			cost[i] = textCell(si(a.MACsPerPx))
		}
		if a.In > 0 {
			windows[i] = textCell(fmt.Sprintf("%d/%d", a.In, a.Out))
		}
	}
	t.add("window in/out, px", "side of the training window read, and of the part supervised", windows)
	t.add("MAC/px, training", "forward multiply-accumulates per supervised pixel of the training window", cost)
	v.metricColumn(t, "mac/px", "MAC/px, predicting", "")
	v.metricColumn(t, "interp/px", "interpolation MAC/px", "")
	v.metricColumn(t, "seam-step", "seam step", "")
	if b := v.bins["shift-consistency"]; len(b) > 0 {
		v.metricColumn(t, "shift-consistency", "consistency, "+strings.TrimPrefix(b[0], "shift")+" px shift", b[0])
	}
	v.metricColumn(t, "checkerboard-flat", "checkerboard, flat input", "")
	v.metricColumn(t, "checkerboard-image", "checkerboard, images", "")
	if b := v.bins["skip-use"]; len(b) > 0 {
		v.metricColumn(t, "skip-use", "use of top skip", b[0])
	}
	t.Note = "Seam step: 1 is no seam at all. Consistency: 100 % is a prediction that moves along with the image. Use of the top skip: Dice points lost when it is shuffled."
	return t
}

// metricColumn adds a metric to an armTable.
func (v *view) metricColumn(t *table, metric, label, bin string) {
	m, _ := v.metric(metric)
	t.add(v.head(metric, label), m.Doc, v.column(v.Arms, metric, bin))
}

// summaryNote says what the intervals are and how the figures were predicted.
func (v *view) summaryNote() string {
	n := fmt.Sprintf("Means over %s and %s; ± is a 95 %% interval over seeds and describes one arm. Whether two arms differ is decided by the paired contrasts, not by comparing intervals.",
		count(v.seedsDone(), "seed"), count(len(v.Setup.Test), "test image"))
	var odd []string
	for _, a := range v.Arms {
		if t := v.tileFor("dice", a.Name, v.regime()); t != "whole" && t != "" {
			odd = append(odd, a.Name+" "+tilePhrase(t))
		}
	}
	if len(odd) > 0 {
		n += " Predicted whole, except " + list(odd) + "."
	}
	return n
}

// seedsDone is the number of seeds that any arm has a Dice for.
func (v *view) seedsDone() int {
	n := 0
	for _, a := range v.Arms {
		if e, ok := v.shown("dice", a.Name, ""); ok {
			n = max(n, e.Seeds)
		}
	}
	return n
}

// reference is the arm that the others are contrasted with.
func (v *view) reference() string {
	if len(v.Contrasts) > 0 {
		return v.Contrasts[0].Reference
	}
	return bench.Reference
}

// contrastTable lists every contrast of a score on whole images.
func (v *view) contrastTable(metrics ...string) *table {
	t := &table{ID: "contrast-table", Title: "Contrasts with " + v.reference(),
		Head: []string{"arm", "metric", "predicted", "difference", "95 % interval", "p (Holm)", "n", "verdict"}, Tips: make([]string, 8),
		Note: "Arm minus reference, paired by seed and image; n is seeds × images. p and verdict hold for all arms of one metric and way of predicting at once, an interval for its arm alone, with 95 % or more. Equivalent: the interval lies within ±" + plain(v.Setup.Margin) + " points."}
	for _, c := range v.Contrasts {
		if c.Bin != "" || !slices.Contains(metrics, c.Metric) {
			continue
		}
		f := v.finding(c)
		n := fmt.Sprint(c.Seeds)
		if c.Images > 0 {
			n = fmt.Sprintf("%d × %d", c.Seeds, c.Images)
		}
		t.Rows = append(t.Rows, tableRow{c.Arm, []tableCell{textCell(c.Arm), textCell(metricLabel(c.Metric)),
			textCell(condition(c.Regime, c.Tile, len(v.Setup.Regimes) > 1)), textCell(difference(f.of.Unit, c.Diff)),
			textCell(difference(f.of.Unit, c.Low) + " to " + difference(f.of.Unit, c.High)), textCell(pvalue(c.PHolm)),
			textCell(n), f.verdict()}})
	}
	return t
}

// scores are the metrics that the contrast table lists.
var scores = append([]string{"dice", "dice-best", "ap", "iou", "bf1", "error"}, shapes...)

// shapes are the metrics of the shapeTable.
var shapes = []string{"v-rand", "v-info", "cldice", "nsd", "hd95", "boundary-iou"}

// tileTable is Dice whole and in tiles.
func (v *view) tileTable() *table {
	t := v.armTable("tiles", "Dice, %, whole and in tiles", v.Arms)
	sides := make([]tableCell, len(v.Arms))
	step := make([]tableCell, len(v.Arms))
	var columns [2][]tableCell
	for i, a := range v.Arms {
		sides[i], step[i] = nothing, nothing
		if a.Tile > 0 {
			sides[i] = textCell(tileShort(fmt.Sprintf("%d+%d", a.Tile, a.Overlap)))
		}
		for j, kind := range []string{whole, tiled} {
			c := nothing
			if e, ok := v.estimate(key{"dice", a.Name, v.regime(), kind, ""}); ok {
				c = figureCell("%", e)
			}
			columns[j] = append(columns[j], c)
		}
	}
	t.add("whole", "", columns[0])
	t.add("in tiles", "", columns[1])
	t.add("tile, px", "side of the tile's input, and by how much outputs overlap", sides)
	v.metricColumn(t, "seam-step", "seam step", "")
	t.Note = "The same networks on the same images, in one piece and in tiles of each arm's own size. Seam step: 1 where no seam shows."
	return t
}

// binTable is one metric over its bins, for every arm that has it.
func (v *view) binTable(id, title, metric string) *table {
	arms := v.armsWith(metric, v.regime())
	t := v.armTable(id, title, arms)
	for _, b := range v.bins[metric] {
		t.add(strings.ReplaceAll(b, "-", "–"), "", v.column(arms, metric, b))
	}
	return t
}

// workTable is what a prediction costs, by arm and tile.
func (v *view) workTable() *table {
	t := &table{ID: "work", Title: "What a prediction costs, MAC per output px", Head: []string{"arm", "tile, px", "inside", "border", "repeated", "total", "repeated share", "interpolation"}, Tips: make([]string, 8),
		Note: "Exact counts. Inside: distinct positions within the image; border: distinct, outside it; repeated: computed again in another tile. An interpolated value counts 4, in a column of its own."}
	for _, a := range v.Arms {
		for _, tile := range v.workTiles(a.Name) {
			p, total, ok := v.work(a.Name, tile)
			if !ok {
				continue
			}
			ip := nothing
			if e, ok := v.estimate(key{"interp/px", a.Name, v.regime(), tile, ""}); ok {
				ip = textCell(number("MAC/px", e.Mean))
			}
			share := "0 %"
			if total > 0 {
				share = strconv.FormatFloat(100*p[2]/total, 'f', 0, 64) + " %"
			}
			t.Rows = append(t.Rows, tableRow{a.Name, []tableCell{textCell(a.Name), textCell(tileShort(tile)), textCell(number("MAC/px", p[0])),
				textCell(number("MAC/px", p[1])), textCell(number("MAC/px", p[2])), textCell(number("MAC/px", total)), textCell(share), ip}})
		}
	}
	return t
}

// resampleTable is what each interpolation does to a signal, before any training.
func (v *view) resampleTable() *table {
	t := &table{ID: "resampling", Title: "What resampling does to a map", Head: []string{"arm", "where", "spectrum kept, %", "aliased, %", "blur: variance left", "repeats after, px", "visible period, px"}, Tips: make([]string, 7),
		Note: "Of white noise: how much of its energy an interpolation leaves where it was, and how much comes back at a wrong frequency; the rest is smoothed away. Variance left runs from the most to the least blurred position: a range is a blur that depends on where one looks."}
	for i, m := range []string{"resize-kept", "resize-aliased", "blur-variance", "blur-period"} {
		d, _ := v.metric(m)
		t.Tips[i+2] = d.Doc
	}
	for _, a := range v.Arms {
		at := func(metric, bin string) tableCell {
			m, _ := v.metric(metric)
			if e, ok := v.shown(metric, a.Name, bin); ok {
				return textCell(number(m.Unit, e.Mean))
			}
			return nothing
		}
		for _, b := range v.bins["resize-kept"] {
			if at("resize-kept", b) == nothing {
				continue
			}
			blur := at("blur-variance", b+"-min")
			if most := at("blur-variance", b+"-max"); most != blur {
				blur.Text += " to " + most.Text
			}
			where := strings.Replace(b, "level", "level ", 1)
			if !strings.HasPrefix(b, "level") {
				where = "logits"
			}
			t.Rows = append(t.Rows, tableRow{a.Name, []tableCell{textCell(a.Name), textCell(where), at("resize-kept", b), at("resize-aliased", b), blur,
				at("blur-period", b+"-exact"), at("blur-period", b+"-visible")}})
		}
	}
	return t
}
