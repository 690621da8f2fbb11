package train

import (
	"fmt"
	"slices"
	"strings"

	"unetbench/internal/data"
)

// Cells says which side of a mask the cells are that borders lie between.
type Cells uint8

const (
	// Foreground: masks of cells. A cell is a 4-connected component of one class
	// other than 0.
	Foreground Cells = iota
	// Background: masks of membranes. A cell is a 4-connected component of class
	// 0, so that a membrane one pixel wide parts two cells also where it runs
	// diagonally.
	Background
)

var cellsNames = []string{"foreground", "background"}

func (c Cells) String() string { return cellsNames[c] }

// ParseCells reads the name that Cells.String writes.
func ParseCells(s string) (Cells, error) {
	if i := slices.Index(cellsNames, s); i >= 0 {
		return Cells(i), nil
	}
	return 0, fmt.Errorf("no cells %q in a mask: want one of %s", s, strings.Join(cellsNames, ", "))
}

// FindCells returns the side of the masks that falls into more components, over
// all examples: membranes part the background into many, cells are many
// themselves. Where both have as many, the cells are the foreground.
func FindCells(examples []data.Example) Cells {
	var n [2]int
	for i := range examples {
		ex := &examples[i]
		for c := range n {
			_, count := components(ex.Labels, ex.H, ex.W, Cells(c))
			n[c] += count
		}
	}
	if n[Background] > n[Foreground] {
		return Background
	}
	return Foreground
}

// components numbers the cells of an h×w mask from 1, row by row; 0 marks the
// pixels of none.
func components(labels []uint8, h, w int, cells Cells) (cell []int32, count int) {
	cell = make([]int32, h*w)
	var todo []int
	for start, class := range labels {
		if (class == 0) != (cells == Background) || cell[start] != 0 {
			continue
		}
		count++
		visit := func(i int) {
			if labels[i] == class && cell[i] == 0 {
				cell[i] = int32(count)
				todo = append(todo, i)
			}
		}
		visit(start)
		for len(todo) > 0 {
			i := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if x := i % w; x > 0 {
				visit(i - 1)
			}
			if x := i % w; x < w-1 {
				visit(i + 1)
			}
			if i >= w {
				visit(i - w)
			}
			if i < (h-1)*w {
				visit(i + w)
			}
		}
	}
	return cell, count
}
