package metric

// nowhere is the squared distance where nothing is marked.
const nowhere = 1 << 30

// squaredDistances returns, per pixel, the squared Euclidean distance to the
// nearest marked pixel: exact integers, in time linear in the pixels (Meijster,
// Roerdink & Hesselink 2000: columns first, then the lower envelope of one
// parabola per column along each row).
func squaredDistances(m Mask) []int32 {
	h, w := m.H, m.W
	g := make([]int32, h*w) // distance to the nearest mark within the column
	none := int32(h + w)    // more than any
	for x := range w {
		d := none
		for y := range h {
			d = min(d+1, none)
			if m.On[y*w+x] {
				d = 0
			}
			g[y*w+x] = d
		}
	}
	for y := h - 2; y >= 0; y-- {
		row, below := g[y*w:][:w], g[(y+1)*w:][:w]
		for x := range row {
			row[x] = min(row[x], below[x]+1)
		}
	}
	type parabola struct{ apex, from int32 } // it is the lowest from x = from on
	env, height := make([]parabola, w), make([]int32, w)
	for y := range h {
		row := g[y*w:][:w]
		n := 0
		for u := range int32(w) {
			gu := row[u]
			if gu >= none {
				continue
			}
			from := int32(0)
			for n > 0 {
				p := env[n-1]
				gp := row[p.apex]
				// The first x at which u's parabola is below p's.
				from = floorDiv(u*u-p.apex*p.apex+gu*gu-gp*gp, 2*(u-p.apex)) + 1
				if from > p.from {
					break
				}
				n--
				from = 0
			}
			if from < int32(w) {
				env[n] = parabola{u, max(from, 0)}
				n++
			}
		}
		if n == 0 {
			for x := range row {
				row[x] = nowhere
			}
			continue
		}
		// From the right, so that the apexes' own columns can be read first.
		for k := range n {
			height[k] = row[env[k].apex]
		}
		k := n - 1
		for x := int32(w) - 1; x >= 0; x-- {
			for env[k].from > x {
				k--
			}
			d := x - env[k].apex
			row[x] = d*d + height[k]*height[k]
		}
	}
	return g
}

func floorDiv(a, b int32) int32 { // b > 0
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
