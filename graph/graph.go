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

	Channels int    // Input, Conv, ConvTranspose: output channels
	Kernel   [2]int // Conv, ConvTranspose, MaxPool, AvgPool
	Stride   [2]int // Conv, ConvTranspose, MaxPool, AvgPool
	Pads     [4]int // Pad: top, left, bottom, right
	Padding  Padding
	Interp   Interp
	Factor   int     // Resize without Like, PixelShuffle: integer magnification
	Rate     float64 // Dropout: probability of zeroing
	Stats    Statistics
	Groups   int   // Norm by GroupStatistics: into so many equal groups the channels are cut
	Params   []int // indices into Graph.Params; see Op
}

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
