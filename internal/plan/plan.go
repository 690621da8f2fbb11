// Package plan says what can be known of tiling a network without running it.
package plan

import (
	"fmt"
	"strings"

	"unetbench/graph"
	"unetbench/internal/tile"
)

// Options ask for a plan.
type Options struct {
	Size   graph.Size // of the image
	Tile   int        // side of every program's tiles, px of input; 0: the largest legal one up to 256 and the image
	Memory int64      // bytes that one tile may take
	Bytes  func(graph.Size) (int64, error)
}

// usualTile is the side that programs are compared at unless asked otherwise.
const usualTile = 256

// A Result is what is known, in words and numbers that marshal to JSON.
type Result struct {
	Network  string        `json:"network"`
	Inputs   int           `json:"inputs"`  // channels
	Outputs  int           `json:"outputs"` // channels
	Params   int64         `json:"params"`
	Image    [2]int        `json:"image"` // height and width, px
	Axes     Axes          `json:"axes"`
	Causes   []Cause       `json:"causes,omitempty"` // why tiles differ if nothing is done about it; see graph.Cause
	Whole    Row           `json:"whole"`            // the image in one piece
	Programs []Row         `json:"programs"`         // as they would cut it, at one tile side
	Best     *Row          `json:"recommended"`      // the cheapest exact tiles that fit; null where there are none
	NoBest   string        `json:"no_recommendation,omitempty"`
	Notes    []string      `json:"notes,omitempty"`
	Tiling   *tile.Plan    `json:"-"` // of Best
	Geometry tile.Geometry `json:"-"`
}

// Axes are the network's along height and width.
type Axes struct {
	H Axis `json:"H"`
	W Axis `json:"W"`
}

// An Axis is a network's geometry along one axis, in px.
type Axis struct {
	Step       int    `json:"step"`
	Offset     int    `json:"offset"`
	Min        int    `json:"min"`
	Shrink     int    `json:"shrink"`
	Before     int    `json:"before"`      // px of input before the output's first
	HaloTop    *int   `json:"halo_top"`    // output to discard at inner edges; null where nothing helps
	HaloBottom *int   `json:"halo_bottom"` //
	ReachUp    *int   `json:"reach_up"`    // how far an output px sees; null where that grows with the input
	ReachDown  *int   `json:"reach_down"`
	Legal      string `json:"legal"`   // in words
	Nearest    [2]int `json:"nearest"` // legal sides at or below the image's (0 where there is none), and at or above
}

// A Cause is one of graph.Causes.
type Cause struct {
	Cause string   `json:"cause"`
	Nodes []string `json:"nodes"`
}

// A Row is one way to cut the image and what it costs.
type Row struct {
	Name     string  `json:"name"`
	Does     string  `json:"does,omitempty"`
	Source   string  `json:"source,omitempty"`
	Tile     [2]int  `json:"tile"` // height and width of the tiles' input; of the largest, where they differ
	Tiles    int     `json:"tiles"`
	Overlap  [2]int  `json:"overlap"` // of neighbouring tiles' outputs, at least
	MACPerPx float64 `json:"mac_per_px"`
	Repeated float64 `json:"repeated"` // share of the MACs that the image in one piece does not need
	Bytes    int64   `json:"bytes"`    // of one tile, at peak
	Exact    bool    `json:"exact"`
	Why      string  `json:"why,omitempty"` // the seams' causes, or why the program cannot do it
	Refused  bool    `json:"refused,omitempty"`
}

// New plans.
func New(g *graph.Graph, o Options) (*Result, error) {
	geometry, err := tile.NewGeometry(g)
	if err != nil {
		return nil, err
	}
	side := o.Tile
	if side == 0 {
		if side = sideFor(geometry, o.Size); side == 0 {
			side = max(geometry.H.Min, geometry.W.Min)
		}
	}
	r := &Result{Network: g.Name, Inputs: g.Input().Channels, Image: [2]int{o.Size.H, o.Size.W}, Geometry: geometry}
	costs := tile.Costs{MACs: func(s graph.Size) (int64, error) {
		c, err := g.TotalCost(s)
		return c.MACs, err
	}, Bytes: o.Bytes}
	whole, err := tile.Whole(o.Size, geometry)
	if err != nil {
		return nil, err
	}
	if r.Whole, err = row("one piece", whole, geometry, costs); err != nil {
		return nil, err
	}
	in := graph.Size{H: r.Whole.Tile[0], W: r.Whole.Tile[1]}
	shapes, err := g.Infer(in)
	if err != nil {
		return nil, err
	}
	total, err := g.TotalCost(in)
	if err != nil {
		return nil, err
	}
	r.Outputs, r.Params = shapes[g.Output().ID].C, total.Params
	f := g.Footprint()
	r.Axes = Axes{axis(geometry.H, f.H, o.Size.H), axis(geometry.W, f.W, o.Size.W)}
	for _, c := range g.Causes() {
		k := Cause{Cause: c.Cause.String()}
		for _, n := range c.Nodes {
			k.Nodes = append(k.Nodes, n.Name)
		}
		r.Causes = append(r.Causes, k)
	}
	for _, rule := range tile.Rules {
		p, err := rule.Plan(o.Size, geometry, side)
		k := Row{Name: rule.Name, Tile: [2]int{side, side}, Refused: true}
		if err == nil {
			if k, err = row(rule.Name, p, geometry, costs); err != nil {
				return nil, err
			}
		} else {
			k.Why = strings.TrimPrefix(err.Error(), rule.Name+": ")
		}
		k.Does, k.Source = rule.Does, rule.Source
		r.Programs = append(r.Programs, k)
	}
	all, best, err := tile.Recommend(o.Size, geometry, costs, nil, o.Memory, 0)
	if err != nil {
		r.NoBest = err.Error()
		return r, nil
	}
	k, err := row("recommended", all[best].Plan, geometry, costs)
	if err != nil {
		return nil, err
	}
	r.Best, r.Tiling = &k, all[best].Plan
	return r, nil
}

// sideFor is the largest side that is legal along both axes, up to usualTile,
// and of which the output fits into the image; 0 if there is none.
func sideFor(g tile.Geometry, size graph.Size) int {
	most := min(usualTile, size.H+g.H.Before+g.H.After, size.W+g.W.Before+g.W.After)
	for n := g.H.Below(most); n >= max(g.H.Min, 1); n -= g.H.Step {
		if g.W.Legal(n) {
			return n
		}
	}
	return 0
}

func row(name string, p *tile.Plan, g tile.Geometry, c tile.Costs) (Row, error) {
	k, err := tile.Weigh(p, g, c, nil)
	r := Row{Name: name, Tile: [2]int{k.Tile.H, k.Tile.W}, Tiles: len(p.Tiles), Overlap: [2]int{k.Overlap.H, k.Overlap.W},
		MACPerPx: k.MACs, Repeated: k.Repeated, Bytes: k.Bytes, Exact: p.Exact}
	for i, f := range p.Faults {
		if i > 0 {
			r.Why += ", "
		}
		r.Why += f.String()
	}
	return r, err
}

func axis(a tile.Axis, f graph.Axis, n int) Axis {
	known := func(v int) *int {
		if v < 0 {
			return nil
		}
		return &v
	}
	x := Axis{Step: a.Step, Offset: a.Offset, Min: a.Min, Shrink: a.Before + a.After, Before: a.Before,
		ReachUp: known(f.ReachUp), ReachDown: known(f.ReachDown), Legal: fmt.Sprint(a.Sides), Nearest: [2]int{a.Below(n), a.Above(n)}}
	if !a.Wraps {
		x.HaloTop, x.HaloBottom = known(a.HaloBefore), known(a.HaloAfter)
	}
	return x
}
