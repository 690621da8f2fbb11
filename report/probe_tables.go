package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"unetbench/internal/probe"
)

// toleranceTable is the halo at each tolerance.
func (p probed) toleranceTable() *table {
	t := &table{ID: "tolerance", Title: "How much to discard for a given error", Note: "Errors in standard deviations of the output, the largest of any pixel; by measurement. – is none."}
	var tolerances []string
	for k := range p.Axes.H.HaloAt {
		tolerances = append(tolerances, k)
	}
	slices.SortFunc(tolerances, func(a, b string) int {
		x, _ := strconv.ParseFloat(a, 64)
		y, _ := strconv.ParseFloat(b, 64)
		switch {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	t.Head = []string{"axis"}
	for _, k := range tolerances {
		t.Head = append(t.Head, "≤ "+k)
	}
	t.Head = append(t.Head, "none at all (wiring)")
	for i, a := range []*probe.Axis{p.Axes.H, p.Axes.W} {
		row := tableRow{Cells: []tableCell{textCell([]string{"height", "width"}[i])}}
		for _, k := range tolerances {
			row.Cells = append(row.Cells, px(a.HaloAt[k]))
		}
		cell := nothing
		if a.HaloTop != nil && a.HaloBottom != nil {
			cell = textCell(fmt.Sprintf("%d/%d px", *a.HaloTop, *a.HaloBottom))
		}
		t.Rows = append(t.Rows, tableRow{Cells: append(row.Cells, cell)})
	}
	t.Tips = make([]string, len(t.Head))
	return t
}

func px(n *int) tableCell {
	if n == nil {
		return nothing
	}
	return textCell(fmt.Sprintf("%d px", *n))
}

// causeTable is how much of the seam each cause explains.
func (p probed) causeTable() *table {
	t := &table{ID: "causes", Title: "What makes the seams of careless tiles", Head: []string{"cause", "share", "alone", "by", "how it was removed"},
		Tips: []string{"", "of the seam, on average over every order of removing the causes", "of the seam that goes if only this cause is removed", "the nodes to blame", ""},
		Note: "Careless tiles overlap by a quarter, start where they come to lie, and keep as much as possible. A cause that is hidden by another takes away little alone."}
	for _, c := range p.Causes {
		t.Rows = append(t.Rows, tableRow{Cells: []tableCell{textCell(plainCause(c.Name)), textCell(percent(c.Share)), textCell(percent(c.Alone)), textCell(nodes(c.Nodes)), textCell(c.How)}})
	}
	return t
}

// plainCause is a cause's name as people write it.
func plainCause(name string) string {
	b := []byte(name)
	for i := range b {
		if b[i] == '_' {
			b[i] = ' '
		}
	}
	return string(b)
}

func percent(x float64) string { return minus(fixed(100*x, 0)) + " %" }

// tilerTable is how tilers that people use would fare.
func (p probed) tilerTable() *table {
	t := &table{ID: "tilers", Title: "How tilers would fare on this network", Head: []string{"tiler", "tile, px", "overlap, px", "blend", "tiles", "MAC/px", "error", "largest"},
		Tips: []string{"", "side of a tile's input", "", "", "", "per px of the image", "RMS against the image in one piece, in standard deviations of the output", "of any pixel"},
		Note: "Measured on the first image, its border included: tools that mirror it, or put zeros around it, differ there from a network that pads by itself. 1e−6 and less is rounding."}
	rows := p.Tilers
	if p.Recommended != nil {
		rows = append(slices.Clone(rows), *p.Recommended)
		rows[len(rows)-1].Name = "recommended here"
	}
	for _, x := range rows {
		if x.Refused != "" {
			t.Note += fmt.Sprintf(" Not %s: %s.", x.Name, strings.TrimPrefix(x.Refused, x.Name+": "))
			continue
		}
		t.Rows = append(t.Rows, tableRow{Cells: []tableCell{textCell(x.Name), textCell(sideOf(x)), textCell(fmt.Sprint(x.Overlap)), textCell(orNone(x.Blend)),
			textCell(fmt.Sprint(x.Tiles)), textCell(si(x.MACPerPx)), textCell(relative(x.Error)), textCell(relative(x.Max))}})
	}
	return t
}

func sideOf(x probe.Tiler) string {
	if x.TileW != 0 && x.TileW != x.Tile {
		return fmt.Sprintf("%d×%d", x.Tile, x.TileW)
	}
	return fmt.Sprint(x.Tile)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// accuracyTable is the share of px that are labelled as in the masks.
func (p probed) accuracyTable() *table {
	t := &table{ID: "accuracy", Title: "How many pixels are right, by distance", Head: []string{"px from", "image border", "tile edge, one piece", "tile edge, tiles"}, Tips: make([]string, 4),
		Note: "Of the pixels at that distance, in careless tiles and at the same places in one piece."}
	if p.Accuracy == nil {
		return t
	}
	for i, b := range p.Accuracy.Border {
		name := fmt.Sprintf("%d–%d", b.From, b.To)
		if b.To == 0 {
			name = fmt.Sprintf("%d and more", b.From)
		}
		row := []tableCell{textCell(name), textCell(share(b.Whole)), nothing, nothing}
		if i < len(p.Accuracy.Edge) {
			e := p.Accuracy.Edge[i]
			row[2], row[3] = textCell(share(e.Whole)), textCell(share(e.Tiled))
		}
		t.Rows = append(t.Rows, tableRow{Cells: row})
	}
	return t
}

func share(x float64) string { return fmt.Sprintf("%.1f %%", 100*x) }

// artifactTable is what the network leaves behind without any tiles.
func (p probed) artifactTable() *table {
	t := &table{ID: "artifacts", Title: "Artifacts of the network itself", Head: []string{"artifact", "measured", "what it means"}, Tips: make([]string, 3)}
	add := func(name, value, means string) {
		t.Rows = append(t.Rows, tableRow{Cells: []tableCell{textCell(name), textCell(value), textCell(means)}})
	}
	if c := p.Checkerboard; c != nil {
		means := "none: flat input gives flat output"
		switch {
		case c.Max > 0.3:
			means = "strong: upsampling writes its own pattern; resize and convolve, or initialise with ICNR"
		case c.Max > 0.01:
			means = "weak: seen where the output is smooth"
		}
		add("checkerboard", relative(c.Max)+" sd", means)
	}
	for _, s := range p.Shift {
		add(fmt.Sprintf("image moved by %d px", s.Shift), percent(s.Same)+" keep their class", fmt.Sprintf("outputs differ by %s sd (RMS)", relative(s.Error)))
	}
	if q := p.Place; q != nil {
		add("place of the output", fmt.Sprintf("%s, %s px", fixed(q.Measured[0], 1), fixed(q.Measured[1], 1)), fmt.Sprintf("down and right of the input; by the wiring %s, %s px", fixed(q.Wiring[0], 1), fixed(q.Wiring[1], 1)))
	}
	if len(p.Border) > 0 {
		b, worst := p.Border[0], 0.0
		for _, v := range b.Mean {
			worst = max(worst, v, -v)
		}
		add(fmt.Sprintf("%d–%d px from the image's border", b.From, b.To), relative(worst)+" sd", "mean output there, against the interior: what padding does to the image itself")
	}
	return t
}
