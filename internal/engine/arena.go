package engine

import "sort"

// arena gives every block its place, so that blocks whose lives overlap never
// share memory, and returns the floats needed. Blocks are placed the largest
// first; as long as more is needed than lives at once, the block that stands
// out is placed earlier in another try.
func arena(blocks []*block) int {
	order := make([]*block, len(blocks))
	copy(order, blocks)
	sort.SliceStable(order, func(i, j int) bool { return order[i].size > order[j].size })
	const tries = 32
	least := alive(blocks)
	best := -1
	offsets := make([]int, len(blocks))
	for range tries {
		total, top := place(order)
		if best < 0 || total < best {
			best = total
			for i, b := range blocks {
				offsets[i] = b.off
			}
		}
		if best <= least {
			break
		}
		b := order[top]
		copy(order[1:], order[:top])
		order[0] = b
	}
	for i, b := range blocks {
		b.off = offsets[i]
	}
	return max(best, 0)
}

// alive is the most that lives at one step.
func alive(blocks []*block) int {
	most := 0
	for _, a := range blocks {
		sum := 0
		for _, b := range blocks {
			if b.first <= a.first && a.first <= b.last {
				sum += roundUp(b.size, align)
			}
		}
		most = max(most, sum)
	}
	return most
}

// place puts one block after another at the lowest offset that is free
// throughout its life. It returns the floats needed, and whose end that is.
func place(order []*block) (total, top int) {
	var busy []*block
	for i, b := range order {
		busy = busy[:0]
		for _, p := range order[:i] {
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
		if b.off+b.size > total {
			total, top = b.off+b.size, i
		}
	}
	return total, top
}
