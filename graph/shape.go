package graph

import "fmt"

// Size is a height and a width, in px.
type Size struct{ H, W int }

func (s Size) String() string { return fmt.Sprintf("%d×%d", s.H, s.W) }

// Square is an n×n Size.
func Square(n int) Size { return Size{n, n} }

// Shape is C×H×W.
type Shape struct{ C, H, W int }

func (s Shape) String() string { return fmt.Sprintf("%d×%d×%d", s.C, s.H, s.W) }

// Size is the spatial part of s.
func (s Shape) Size() Size { return Size{s.H, s.W} }

// Len is the number of values in a map of shape s.
func (s Shape) Len() int { return s.C * s.H * s.W }

// A Map is a C×H×W array of values, channel by channel, row by row: an image,
// a patch, logits.
type Map struct {
	Shape
	Pix []float32
}

// NewMap returns a zero map.
func NewMap(s Shape) *Map { return &Map{s, make([]float32, s.Len())} }

// At returns the value of channel c at row y, column x.
func (m *Map) At(c, y, x int) float32 { return m.Pix[(c*m.H+y)*m.W+x] }

// Plane returns the H·W values of channel c.
func (m *Map) Plane(c int) []float32 { return m.Pix[c*m.H*m.W : (c+1)*m.H*m.W] }
