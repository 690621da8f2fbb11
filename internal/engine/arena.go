package engine

import "sort"

// arena gives every block its place, so that blocks whose lives overlap never
// share memory: the largest first, each at the lowest offset that is free
// throughout its life. It returns the floats needed.
func arena(blocks []*block) int {
	order := make([]*block, len(blocks))
	copy(order, blocks)
	sort.SliceStable(order, func(i, j int) bool { return order[i].size > order[j].size })
	total := 0
	var placed, busy []*block
	for _, b := range order {
		busy = busy[:0]
		for _, p := range placed {
			if p.first <= b.last && b.first <= p.last {
				busy = append(busy, p)
			}
		}
		sort.SliceStable(busy, func(i, j int) bool { return busy[i].off < busy[j].off })
		b.off = 0
		for _, p := range busy {
			if b.off+b.size <= p.off {
				break
			}
			b.off = max(b.off, roundUp(p.off+p.size, align))
		}
		total = max(total, b.off+b.size)
		placed = append(placed, b)
	}
	return total
}
