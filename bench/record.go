// Package bench trains every variant on the same images, measures them, and
// decides what the measurements show.
package bench

import "unetbench/graph"

// A Sample is one measured number, keyed by all that it was measured under.
type Sample struct {
	Metric string  `json:"metric"` // a Metric's name: "dice"
	Arm    string  `json:"arm"`
	Seed   uint64  `json:"seed"`
	Image  string  `json:"image,omitempty"` // empty: a property of the network
	Regime string  `json:"regime"`          // "output", "input", "macs", "time"
	Tile   string  `json:"tile,omitempty"`  // "whole"; "tiled": in the arm's own tiles; on cost curves the tile's input side and overlap in px: "204+0"
	Bin    string  `json:"bin,omitempty"`   // place on a curve: distance "0-2" px, "level0", "shift3"
	Value  float64 `json:"value"`
}

// A Metric describes all samples of one name.
type Metric struct {
	Name   string `json:"name"`
	Unit   string `json:"unit"`   // "%", "px", "MAC/px", …
	Better int    `json:"better"` // +1 higher, -1 lower, 0 neither
	Exact  bool   `json:"exact"`  // arithmetic, the same for every seed
	Doc    string `json:"doc"`    // one sentence with the definition and its source
}

// An Arm is one contestant: a variant trained on one kind of window.
type Arm struct {
	Name       string  `json:"name"`
	Regime     string  `json:"regime"`
	Arch       string  `json:"arch"`
	Doc        string  `json:"doc"`
	Control    bool    `json:"control"`              // isolates one cause; not a contestant
	Steps      int     `json:"steps"`                // optimiser steps of each run
	TimeRatio  float64 `json:"time_ratio,omitempty"` // regime time: seconds of its step over the reference's, from which Steps follows
	In         int     `json:"in"`                   // training window read, px
	Out        int     `json:"out"`                  // training window supervised, px
	Mirrored   bool    `json:"mirrored"`             // the window is the supervised patch, mirrored out
	Tile       int     `json:"tile"`                 // side of the evaluation tile's input, px
	Overlap    int     `json:"overlap"`              // of neighbouring tiles' outputs, at least, px
	Params     int     `json:"params"`               // trainable values
	MACsPerPx  float64 `json:"macs_per_px"`          // forward, per supervised pixel of the training window
	PlannedMiB float64 `json:"planned_mib"`          // buffers of one training step
}

// A Network is a variant at one input size, node by node: what the U diagram draws.
type Network struct {
	Arm   string       `json:"arm"`
	Input graph.Size   `json:"input"`
	Nodes []NodeRecord `json:"nodes"`
}

// A NodeRecord is one node of a Network.
type NodeRecord struct {
	Name   string      `json:"name"`
	Op     string      `json:"op"`
	Level  int         `json:"level"`
	In     []int       `json:"in,omitempty"` // indices of the operands
	Shape  graph.Shape `json:"shape"`
	MACs   int64       `json:"macs"`
	Interp int64       `json:"interp"` // multiply-accumulates spent on interpolation
	Bytes  int64       `json:"bytes"`
	Label  string      `json:"-"` // what the diagram calls it; "": by its op
}

// A Curve is the training loss of one run, in nats per pixel, weighted as the
// loss is.
type Curve struct {
	Arm    string    `json:"arm"`
	Seed   uint64    `json:"seed"`
	Regime string    `json:"regime"`
	Steps  []int     `json:"steps"`
	Loss   []float64 `json:"loss"`
	Chance float64   `json:"chance"` // loss of the best constant prediction on the same pixels
}

// A Learning says whether one arm was trained for long enough under one regime.
type Learning struct {
	Arm    string   `json:"arm"`
	Regime string   `json:"regime"`
	Steps  int      `json:"steps"`
	State  string   `json:"state"`                // "flat", "still-learning", "too-short"
	Gain   float64  `json:"gain"`                 // what another quarter of the steps would take off the loss, mean over seeds
	Spread float64  `json:"spread"`               // of the loss between seeds, which Gain must not exceed
	Dead   []uint64 `json:"never_woke,omitempty"` // seeds that learned no more than a constant guess
}

// A Contrast is one arm against the reference arm on one metric.
type Contrast struct {
	Metric    string  `json:"metric"`
	Arm       string  `json:"arm"`
	Reference string  `json:"reference"`
	Regime    string  `json:"regime"`
	Tile      string  `json:"tile,omitempty"`
	Bin       string  `json:"bin,omitempty"`
	Diff      float64 `json:"diff"` // arm − reference, in the metric's unit
	Low       float64 `json:"low"`  // interval of confidence Level: see Contrasts
	High      float64 `json:"high"`
	Level     float64 `json:"level"`  // confidence of this interval alone: 0.9875
	P         float64 `json:"p"`      // two-sided
	PHolm     float64 `json:"p_holm"` // adjusted over the family
	Seeds     int     `json:"seeds"`
	Images    int     `json:"images"`  // 0: a property of the network
	Margin    float64 `json:"margin"`  // 0: no difference counts as none
	Verdict   string  `json:"verdict"` // "different", "equivalent", "undecided"

	// Provisional: arm or reference was not trained for long enough (Learning),
	// so the verdict speaks of unfinished networks.
	Provisional bool `json:"provisional,omitempty"`
}

// A Warning is a caveat that belongs to the results: too few samples, a curve still rising.
type Warning struct {
	Code string `json:"code"` // "few-samples", "still-learning", "never-woke", "stack-slices"
	Arm  string `json:"arm,omitempty"`
	Text string `json:"text"`
}

// A Picture is a file under maps/ that the report shows.
type Picture struct {
	Kind  string `json:"kind"` // "image", "truth", "prediction", "error", "checkerboard", "misregistration"
	Arm   string `json:"arm,omitempty"`
	Image string `json:"image,omitempty"`
	Tile  string `json:"tile,omitempty"`
	File  string `json:"file"` // "maps/valid-prediction.png"
}

// Results is all that one comparison measured: what results.json holds. It
// carries no date, host, path or thread count, so that the same command writes
// the same bytes.
type Results struct {
	Schema    int        `json:"schema"`
	Setup     Setup      `json:"setup"`
	Arms      []Arm      `json:"arms"`
	Networks  []Network  `json:"networks"`
	Metrics   []Metric   `json:"metrics"`
	Samples   []Sample   `json:"samples"`
	Curves    []Curve    `json:"curves"`
	Learning  []Learning `json:"learning"`
	Contrasts []Contrast `json:"contrasts"`
	Pictures  []Picture  `json:"pictures"`
	Warnings  []Warning  `json:"warnings"`
}

// Setup is what was held equal.
type Setup struct {
	Kernel   string   `json:"kernel"`
	Exact    bool     `json:"exact"` // trained by direct convolution only
	Data     string   `json:"data"`  // "synthetic membranes", or the folder's base name
	Train    []string `json:"train"`
	Test     []string `json:"test"`
	Classes  int      `json:"classes"`
	Channels int      `json:"channels"`
	Pools    int      `json:"pools"`
	Width    int      `json:"width"`
	Up       string   `json:"up"`
	Norm     string   `json:"norm"`
	Padding  string   `json:"padding"`
	Interp   string   `json:"interp"`
	Dropout  float64  `json:"dropout"`
	Seeds    []uint64 `json:"seeds"`
	Steps    int      `json:"steps"` // of the reference; each arm has its own
	Batch    int      `json:"batch"`
	Loss     string   `json:"loss"`            // "cross-entropy", "border-weighted"
	Cells    string   `json:"cells,omitempty"` // border-weighted: the side of the masks that borders lie between
	Augment  string   `json:"augment"`         // "flips", "elastic"
	Regimes  []string `json:"regimes"`
	Margin   float64  `json:"margin"`   // Dice points within which two arms count as equivalent
	Complete bool     `json:"complete"` // false: the run was stopped, and this is what it had measured
}

// Timing is one measured time or memory figure; these vary from run to run and
// stand in timings.txt, apart from the results.
type Timing struct {
	Name  string // "train", "predict", "peak-rss"
	Arm   string
	Tile  string
	Unit  string // "sec", "sec/px", "B"
	Value float64
}
