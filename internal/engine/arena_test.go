package engine

import (
	"testing"

	"pgregory.net/rapid"
)

// Blocks that live at the same time share nothing, and everything lies within
// what arena says; that is never less than what lives at once.
func TestArena(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var blocks []*block
		for range rapid.IntRange(0, 30).Draw(t, "blocks") {
			first := rapid.IntRange(0, 20).Draw(t, "first")
			blocks = append(blocks, &block{size: rapid.IntRange(1, 1000).Draw(t, "size"),
				first: first, last: first + rapid.IntRange(0, 10).Draw(t, "life")})
		}
		total := arena(blocks)
		for i, a := range blocks {
			if a.off < 0 || a.off+a.size > total || a.off%align != 0 {
				t.Fatalf("block %+v of %d floats", *a, total)
			}
			for _, b := range blocks[:i] {
				if a.first <= b.last && b.first <= a.last && a.off < b.off+b.size && b.off < a.off+a.size {
					t.Fatalf("blocks %+v and %+v overlap", *a, *b)
				}
			}
		}
		if least := alive(blocks); total < least-align {
			t.Fatalf("%d floats for %d that live at once", total, least)
		}
	})
}

// The values of Ronneberger's network at 572, in units of 100 kB: long skips
// around short lives. In the first try 6 % lie idle.
func TestArenaSkips(t *testing.T) {
	const unit = 25_000 / align * align // floats
	var blocks []*block
	for _, b := range [][3]int{{1, 2, 832}, {2, 25, 826}, {3, 4, 206}, {4, 5, 407}, {5, 22, 401}, {6, 7, 100}, {7, 8, 195},
		{8, 19, 189}, {9, 10, 47}, {10, 11, 89}, {11, 16, 84}, {15, 16, 64}, {16, 17, 60}, {17, 18, 55}, {18, 19, 111},
		{19, 20, 107}, {20, 21, 102}, {21, 22, 205}, {22, 23, 201}, {23, 24, 197}, {24, 25, 393}, {25, 26, 389}, {26, 27, 385}} {
		blocks = append(blocks, &block{first: b[0], last: b[1], size: unit * b[2]})
	}
	if total, least := arena(blocks), alive(blocks); total != least {
		t.Errorf("%d units are planned, %d live at once", total/unit, least/unit)
	}
}
