package report

import (
	"fmt"
	"strings"

	"unetbench/bench"
	"unetbench/graph"
)

// A uShape is a Network sorted into the rows of its picture: levels from the
// top down, what contracts on the left, what expands on the right.
type uShape struct {
	arm    string
	input  graph.Size
	levels []uLevel
	macs   int64
	interp int64
}

// A uLevel is one row.
type uLevel struct {
	enc, dec []uBox
	rise     []uBox // on the way up, before the join: upsampling, and the decoder's resize
	skip     *uSkip // nil at the bottom
	macs     int64
}

// A uBox is one map that the picture shows: a node that changes shape together
// with the nodes around it that do not.
type uBox struct {
	op    string
	shape graph.Shape
	nodes []string // "enc0.conv0 Conv 8×202×202", for the tooltip
	kind  uKind
}

// A uKind decides a box's colour.
type uKind int

const (
	uPlain uKind = iota
	uConv
	uPool
	uUp
	uResize
	uJoin
)

// A uSkip is how a level's encoder map reaches the join.
type uSkip struct {
	from, to graph.Shape
	what     string // "crop 196→116"
	kind     uKind
	cut      bool // a Zero node severs it
	nodes    []string
}

// newUShape reads the rows off the wiring: the bottom is the last node of the
// deepest level, a skip is whatever joins a Concat from the contraction of its
// own level.
func newUShape(n bench.Network) uShape {
	u := uShape{arm: n.Arm, input: n.Input}
	deepest, bottom := 0, 0
	for i, x := range n.Nodes {
		if x.Level >= deepest {
			deepest, bottom = x.Level, i
		}
	}
	u.levels = make([]uLevel, deepest+1)
	onSkip := make([]bool, len(n.Nodes))
	for i, x := range n.Nodes {
		if x.Op == graph.Concat.String() && i > bottom {
			for _, y := range x.In {
				u.skip(n, x.Level, y, bottom, onSkip)
			}
		}
	}
	pending := "" // a Pad belongs to the convolution after it
	for i, x := range n.Nodes {
		l := &u.levels[x.Level]
		l.macs += x.MACs
		u.macs += x.MACs
		u.interp += x.Interp
		if onSkip[i] {
			continue
		}
		row := &l.enc
		if i > bottom {
			row = &l.dec
		}
		said := fmt.Sprintf("%s %s %v", x.Name, x.Op, x.Shape)
		switch x.Op {
		case graph.Pad.String():
			pending = said
			continue
		case graph.ReLU.String(), graph.Norm.String(), graph.Dropout.String(), graph.Resize.String(),
			graph.Pointwise.String(), graph.PReLU.String(), graph.ScaleShift.String(), graph.Softmax.String():
			if x.Op == graph.Resize.String() && n.Nodes[x.In[0]].Shape != x.Shape {
				break
			}
			if k := len(*row); k > 0 {
				(*row)[k-1].nodes = append((*row)[k-1].nodes, said)
				continue
			}
		}
		b := uBox{shape: x.Shape}
		b.op, b.kind = boxName(x, n)
		if pending != "" {
			b.nodes = append(b.nodes, pending)
			if b.kind == uConv {
				b.op = "pad, " + strings.TrimPrefix(b.op, "conv ")
			}
			pending = ""
		}
		b.nodes = append(b.nodes, said)
		*row = append(*row, b)
	}
	for i := range u.levels {
		l := &u.levels[i]
		for k, b := range l.dec {
			if b.kind == uJoin {
				l.rise, l.dec = l.dec[:k], l.dec[k:]
				break
			}
		}
	}
	return u
}

// skip follows one operand of a join back to the contraction and records how
// it got from there to here.
func (u *uShape) skip(n bench.Network, level, i, bottom int, onSkip []bool) {
	var path []int
	for i > bottom {
		op := n.Nodes[i].Op
		switch op {
		case graph.Crop.String(), graph.Resize.String(), graph.Zero.String(), graph.Norm.String(), graph.ReLU.String():
		default:
			return
		}
		if len(n.Nodes[i].In) == 0 {
			return
		}
		path = append(path, i)
		i = n.Nodes[i].In[0]
	}
	if n.Nodes[i].Level != level || i == 0 { // the image itself is no skip of a level
		return
	}
	s := &uSkip{from: n.Nodes[i].Shape, to: n.Nodes[i].Shape}
	for k := len(path) - 1; k >= 0; k-- {
		x := n.Nodes[path[k]]
		onSkip[path[k]] = true
		s.nodes = append(s.nodes, fmt.Sprintf("%s %s %v", x.Name, x.Op, x.Shape))
		was, is := side(s.to), side(x.Shape)
		s.to = x.Shape
		switch x.Op {
		case graph.Crop.String():
			s.what, s.kind = join(s.what, "crop "+was+"→"+is), uPlain
		case graph.Resize.String():
			s.what, s.kind = join(s.what, "resize "+was+"→"+is), uResize
		case graph.Norm.String():
			s.what = join(s.what, "norm, "+is)
		case graph.Zero.String():
			s.what, s.cut = join(s.what, "zeroed"), true
		}
	}
	if s.what == "" {
		s.what = "as it is, " + side(s.from)
	}
	u.levels[level].skip = s
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

// boxName is the label and the colour of a node.
func boxName(x bench.NodeRecord, n bench.Network) (string, uKind) {
	switch x.Op {
	case graph.Input.String():
		return "input", uPlain
	case graph.Conv.String():
		if x.Label != "" {
			return x.Label, uConv
		}
		k := 1 // stride 1, so the kernel is what the map lost, plus 1
		if len(x.In) > 0 {
			k += n.Nodes[x.In[0]].Shape.H - x.Shape.H
		}
		return fmt.Sprintf("conv %d×%d", k, k), uConv
	case graph.MaxPool.String():
		return "pool", uPool
	case graph.ConvTranspose.String(), graph.PixelShuffle.String():
		return "up", uUp
	case graph.Resize.String():
		if len(x.In) > 0 && n.Nodes[x.In[0]].Level > x.Level {
			return "up", uUp
		}
		return "resize", uResize
	case graph.Concat.String():
		return "join", uJoin
	case graph.Sum.String():
		return "add", uPlain
	}
	return x.Op, uPlain
}

// side writes a map's spatial size: "196", or "196×180" where it is not square.
func side(s graph.Shape) string {
	if s.H == s.W {
		return fmt.Sprint(s.H)
	}
	return s.Size().String()
}
