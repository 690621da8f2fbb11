// Package graph is the network's one description: a list of nodes in
// topological order that carries no heights or widths. Shapes, legal sizes,
// cost, footprint, coordinates, the engine and the diagram are all readers of
// this one list.
package graph

// A Node is one operation and, by identity, the value that it produces.
// Spatial attributes are given as [H, W].
type Node struct {
	ID    int
	Name  string // unique: "enc0.conv1"; used in errors, weights and the diagram
	Op    Op
	Level int     // resolution level, 0 = the input's
	In    []*Node // operands
	Like  *Node   // Crop, Resize: gives the output size and nothing else (no gradient, no lifetime)

	Channels int    // Input, Conv, ConvTranspose, Select: output channels
	Kernel   [2]int // Conv, ConvTranspose, MaxPool, AvgPool
	Stride   [2]int // Conv, ConvTranspose, MaxPool, AvgPool
	Dilation [2]int // Conv, MaxPool: px from one tap to the next; 0 counts as 1
	Ceil     bool   // MaxPool, AvgPool: a last window may end beyond the map
	Pads     [4]int // Pad, MaxPool, AvgPool: top, left, bottom, right
	Padding  Padding
	Value    float32 // Pad by PadZero: the constant
	Interp   Interp
	Factor   int        // Resize without Like, PixelShuffle: integer magnification
	Scale    [2]float64 // Resize without Like or Factor: magnification; lengths are floored
	Lengths  []*Length  // Pad, Crop, Resize: lengths that the network computes; see Op
	Rate     float64    // Dropout: probability of zeroing
	Stats    Statistics
	Epsilon  float64 // Norm: added to the variance; 0 counts as 1e-5
	Groups   int     // Norm by GroupStatistics, Conv, ConvTranspose: into so many equal groups the channels are cut
	Func     Function
	Args     [2]float64 // Pointwise: see Function
	Over     Over
	Max      bool  // Reduce: the maximum instead of the mean
	First    int   // Select: the first channel
	Params   []int // indices into Graph.Params; see Op
}

// dilation is Dilation along axis, 1 unless given.
func (n *Node) dilation(axis int) int { return max(n.Dilation[axis], 1) }

// window is how many px from its first tap to its last a kernel spans.
func (n *Node) window(axis int) int { return (n.Kernel[axis]-1)*n.dilation(axis) + 1 }

// groups is Groups, 1 unless given.
func (n *Node) groups() int { return max(n.Groups, 1) }

// A Graph is a network: one input node first, the output node last.
type Graph struct {
	Name   string
	Nodes  []*Node
	Params []Param
}

// Input returns the node that the image enters by.
func (g *Graph) Input() *Node { return g.Nodes[0] }

// Output returns the node whose value is the network's.
func (g *Graph) Output() *Node { return g.Nodes[len(g.Nodes)-1] }

// Add appends n under a unique name and returns it.
func (g *Graph) Add(name string, op Op, n Node, in ...*Node) *Node {
	n.ID, n.Name, n.Op, n.In = len(g.Nodes), name, op, in
	g.Nodes = append(g.Nodes, &n)
	return &n
}

// Needs calls f with every node that n asks for its value or its size.
func (n *Node) Needs(f func(*Node)) {
	for _, m := range n.In {
		f(m)
	}
	if n.Like != nil {
		f(n.Like)
	}
	for _, l := range n.Lengths {
		l.nodes(f)
	}
}

// AddParam declares a parameter tensor and returns its index.
func (g *Graph) AddParam(p Param) int {
	g.Params = append(g.Params, p)
	return len(g.Params) - 1
}

// Node returns the node of that name, or nil.
func (g *Graph) Node(name string) *Node {
	for _, n := range g.Nodes {
		if n.Name == name {
			return n
		}
	}
	return nil
}
