// Package graphtest draws random networks, for property tests of what reads a
// graph.
package graphtest

import (
	"fmt"

	"pgregory.net/rapid"

	"unetbench/graph"
)

// A Menu is what a drawn network may be made of.
type Menu struct {
	Pools  []int           // strides of its poolings
	Depth  int             // poolings one inside the other, at most
	Modes  []graph.Padding // of its Pad nodes
	Resize bool            // joins may interpolate to a size, doublings may align corners: no halo is enough then

	// What only imported networks have: strided and dilated convolutions,
	// pools that overlap or are padded, transposed convolutions of any kernel,
	// Crop and Pad by Lengths, negative pads, every Interp.
	Imported   bool
	Statistics bool // norms by a map's own statistics, squeeze and excitation: no halo is enough then
}

// Draw draws a network whose output has the resolution of its input: random
// nodes in a row and, down to Depth, pooling and upsampling around more of them,
// joined with what was pooled. Some have no legal size, since kernels may be even.
func Draw(t *rapid.T, m Menu) *graph.Graph {
	d := &drawing{T: t, Menu: m, Graph: &graph.Graph{Name: "drawn"}}
	x := d.Add("in", graph.Input, graph.Node{Channels: 1})
	x, _ = d.row(x, m.Depth)
	d.conv(x, 2, [2]int{1, 1})
	return d.Graph
}

type drawing struct {
	*rapid.T
	Menu
	*graph.Graph
	level int
}

// add appends a node under a name of its own.
func (d *drawing) add(op graph.Op, n graph.Node, in ...*graph.Node) *graph.Node {
	n.Level = d.level
	return d.Add(fmt.Sprintf("%v%d", op, len(d.Nodes)), op, n, in...)
}

func (d *drawing) pick(what string, of ...int) int { return rapid.SampledFrom(of).Draw(d.T, what) }

// count is the number of channels of n.
func (d *drawing) count(n *graph.Node) int {
	for n.Op != graph.Input && n.Op != graph.Conv && n.Op != graph.ConvTranspose && n.Op != graph.Select {
		if n.Op == graph.PixelShuffle {
			return d.count(n.In[0]) / (n.Factor * n.Factor)
		}
		if n.Op == graph.Concat {
			return d.count(n.In[0]) + d.count(n.In[1])
		}
		n = n.In[0]
	}
	return n.Channels
}

func (d *drawing) conv(x *graph.Node, out int, k [2]int) *graph.Node {
	n := graph.Node{Channels: out, Kernel: k, Stride: [2]int{1, 1}}
	n.Params = d.affine([]int{out, d.count(x), k[0], k[1]}, out)
	return d.add(graph.Conv, n, x)
}

func (d *drawing) affine(weight []int, out int) []int {
	name := fmt.Sprintf("p%d", len(d.Nodes))
	return []int{
		d.AddParam(graph.Param{Name: name + ".weight", Shape: weight, Trainable: true, Init: graph.Init{Std: 0.5}}),
		d.AddParam(graph.Param{Name: name + ".bias", Shape: []int{out}, Trainable: true}),
	}
}

func (d *drawing) norm(x *graph.Node) *graph.Node {
	var params []int
	for i, mean := range []float64{1, 0, 0, 1} {
		params = append(params, d.AddParam(graph.Param{Name: fmt.Sprintf("p%d.%d", len(d.Nodes), i), Shape: []int{d.count(x)},
			Trainable: i < 2, Init: graph.Init{Mean: mean}}))
	}
	return d.add(graph.Norm, graph.Node{Params: params}, x)
}

func (d *drawing) pad(x *graph.Node, pads [4]int) *graph.Node {
	return d.add(graph.Pad, graph.Node{Pads: pads, Padding: rapid.SampledFrom(d.Modes).Draw(d.T, "padding")}, x)
}

// row draws nodes one after another and returns the last, with the px that it
// lacks of x along each axis.
func (d *drawing) row(x *graph.Node, depth int) (_ *graph.Node, less [2]int) {
	for range d.pick("nodes", 1, 2, 3) {
		nodes := []int{0, 0, 0, 1, 1, 2, 3, 4, 5}
		if d.Imported {
			nodes = append(nodes, 6, 6, 6)
		}
		if d.Statistics {
			nodes = append(nodes, 7)
		}
		switch d.pick("node", nodes...) {
		case 6:
			var lost [2]int
			x, lost = d.foreign(x)
			less[0], less[1] = less[0]+lost[0], less[1]+lost[1]
		case 7:
			x = d.statistics(x)
		case 0, 1: // convolution, padded or not
			k := [2]int{d.pick("kernel", 3, 3, 1, 5, 2), 0}
			if k[1] = k[0]; d.pick("square", 1, 1, 0) == 0 {
				k[1] = d.pick("kernel", 3, 1, 5)
			}
			if d.pick("padded", 0, 1) == 1 {
				x = d.pad(x, [4]int{(k[0] - 1) / 2, (k[1] - 1) / 2, k[0] / 2, k[1] / 2})
			} else {
				less[0], less[1] = less[0]+k[0]-1, less[1]+k[1]-1
			}
			x = d.conv(x, d.pick("channels", 1, 2, 3), k)
			x = d.add(graph.ReLU, graph.Node{}, x)
		case 2:
			x = d.norm(x)
		case 3:
			k := [2]int{d.pick("window", 2, 3), d.pick("window", 2, 3)}
			x = d.add(graph.AvgPool, graph.Node{Kernel: k, Stride: [2]int{1, 1}}, x)
			less[0], less[1] = less[0]+k[0]-1, less[1]+k[1]-1
		case 4:
			p := [4]int{d.pick("pad", 0, 1, 2), d.pick("pad", 0, 1, 2), d.pick("pad", 0, 1, 2), d.pick("pad", 0, 1, 2)}
			x = d.pad(x, p)
			less[0], less[1] = less[0]-p[0]-p[2], less[1]-p[1]-p[3]
		case 5:
			x = d.add(graph.Dropout, graph.Node{Rate: 0.5}, x)
		}
	}
	if depth == 0 || d.pick("deeper", 1, 1, 0) == 0 {
		return x, less
	}
	skip := x
	s := rapid.SampledFrom(d.Pools).Draw(d.T, "pool")
	d.level++
	x = d.reduce(x, s)
	x, lost := d.row(x, depth-1)
	x = d.enlarge(x, s)
	d.level--
	x, add := d.join(skip, x, [2]int{s * lost[0], s * lost[1]})
	less[0], less[1] = less[0]+add[0], less[1]+add[1]
	if d.pick("after", 0, 1) == 0 {
		return x, less
	}
	x, add = d.row(x, 0)
	return x, [2]int{less[0] + add[0], less[1] + add[1]}
}

// enlarge draws one of the ways to magnify x by s.
func (d *drawing) enlarge(x *graph.Node, s int) *graph.Node {
	c := d.pick("channels", 1, 2)
	if d.Imported && d.pick("foreign up", 0, 1) == 1 {
		return d.magnify(x, c, s)
	}
	switch how := d.pick("up", 0, 1, 2, 3, 4); {
	case how == 0:
		n := graph.Node{Channels: c, Kernel: [2]int{s, s}, Stride: [2]int{s, s}}
		n.Params = d.affine([]int{d.count(x), c, s, s}, c)
		return d.add(graph.ConvTranspose, n, x)
	case how == 1:
		return d.add(graph.PixelShuffle, graph.Node{Factor: s}, d.conv(x, c*s*s, [2]int{1, 1}))
	case how == 2:
		return d.add(graph.Resize, graph.Node{Factor: s, Interp: graph.Nearest}, x)
	case how == 3 && d.Menu.Resize:
		return d.add(graph.Resize, graph.Node{Factor: s, Interp: graph.BilinearAlign}, x)
	}
	return d.add(graph.Resize, graph.Node{Factor: s, Interp: graph.Bilinear}, x)
}

// join draws a way to put skip beside up, which lacks so many px of it, and
// returns what it lacks.
func (d *drawing) join(skip, up *graph.Node, lacks [2]int) (_ *graph.Node, less [2]int) {
	how := d.pick("join", 0, 0, 0, 1, 2, 3)
	if how >= 2 && !d.Menu.Resize {
		how = 0
	}
	interp := graph.Interp(d.pick("interp", 0, 1, 2))
	switch how {
	case 2:
		skip, less = d.add(graph.Resize, graph.Node{Like: up, Interp: interp}, skip), lacks
	case 3:
		up = d.add(graph.Resize, graph.Node{Like: skip, Interp: interp}, up)
	default: // crop where there is too much, on either side
		p, q := [2]int{max(0, lacks[0]), max(0, lacks[1])}, [2]int{max(0, -lacks[0]), max(0, -lacks[1])}
		if how == 1 { // or pad where there is too little
			up = d.pad(up, [4]int{p[0] / 2, p[1] / 2, p[0] - p[0]/2, p[1] - p[1]/2})
			p = [2]int{}
		}
		if q != [2]int{} {
			skip = d.pad(skip, [4]int{q[0] / 2, q[1] / 2, q[0] - q[0]/2, q[1] - q[1]/2})
		}
		if p != [2]int{} {
			skip = d.add(graph.Crop, graph.Node{Like: up}, skip)
		}
		less = [2]int{p[0] - q[0], p[1] - q[1]}
	}
	// Without a skip, px that nearest-neighbour doubling made equal could be
	// cropped so that padding invents the right ones.
	if d.pick("severed", 0, 0, 0, 1) == 1 && !d.Imported {
		skip = d.add(graph.Zero, graph.Node{}, skip)
	}
	return d.add(graph.Concat, graph.Node{}, skip, up), less
}
