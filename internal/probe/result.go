package probe

import "unetbench/internal/tile"

// Schema is the version of Result's JSON.
const Schema = 1

// Verdicts.
const (
	Exact     = "exact"     // tiles on the step agree with the whole, once the halo is discarded
	Never     = "never"     // no halo makes them agree
	Undecided = "undecided" // not seen to agree, up to the halo that could be tested
)

// A Result is what a probe found. Lengths are in px of the network's input;
// errors are in standard deviations of the output unless they say otherwise.
// What does not exist is null in JSON: a halo where none is enough.
type Result struct {
	Schema int   `json:"schema"` // version of this layout
	Model  Model `json:"model"`  // what the network is

	Verdict string   `json:"verdict"` // "exact", "never" or "undecided"
	Tested  int      `json:"tested"`  // the largest halo that the measurement could tell from none, of the axis where it is smaller
	Cause   []string `json:"cause"`   // what brings seams in, the worst kind first: input_statistics, global_pooling, size_dependent_resize, missing_context, grid_phase
	Causes  []Cause  `json:"causes"`  // the same with shares and nodes

	Seam     float64 `json:"seam"`     // RMS error against the whole within 4 px of the tiles' edges, in a tiling that knows nothing of the network; see Cause
	Blending float64 `json:"blending"` // part of it that a linear cross-fade of neighbouring tiles takes away, in place of a hard cut

	// Where wiring and measurement disagree, in words. A verdict "exact" by the
	// wiring that the measurement refutes is given as "never".
	Contradictions []string `json:"contradictions,omitempty"`
	Notes          []string `json:"notes,omitempty"` // what else a reader has to know, in words

	Axes struct {
		H *Axis `json:"H"` // along height
		W *Axis `json:"W"` // along width
	} `json:"axes"`

	Floor        float64       `json:"floor"`                       // the largest difference that another order of summation makes
	Checkerboard *Checkerboard `json:"checkerboard,omitempty"`      // pattern on constant input
	Shift        []ShiftSame   `json:"shift_consistency,omitempty"` // by shift, beyond the halo
	Place        *Place        `json:"place,omitempty"`             // where the output's content lies
	Border       []BorderBand  `json:"border,omitempty"`            // mean output near the border of an image
	Accuracy     *Accuracy     `json:"accuracy,omitempty"`          // with masks

	Tilers      []Tiler `json:"tilers,omitempty"`      // how tilers that people use would fare
	Pareto      []Tiler `json:"pareto,omitempty"`      // ours, by rising cost, each with less error than the one before
	Recommended *Tiler  `json:"recommended,omitempty"` // the cheapest within tolerance and memory; else the one with the least error
	ImageSize   [2]int  `json:"image_size"`            // that Pareto and Recommended are for, height and width: the first image's, or 2048 px square

	Seconds float64 `json:"seconds"` // that the probe took

	Plan *tile.Plan `json:"-"` // what is recommended, for an image of ImageSize
}

// A Model says what the network is.
type Model struct {
	Name      string  `json:"name"`            // of the graph
	Inputs    int     `json:"inputs"`          // channels
	Outputs   int     `json:"outputs"`         // channels
	Nodes     int     `json:"nodes"`           // of the graph
	Params    int64   `json:"params"`          // values of weights, untrainable ones included
	MACsPerPx float64 `json:"mac_per_px"`      // per px of the output, in one piece
	Fixed     []int   `json:"fixed,omitempty"` // height and width, where the file accepts one size only
	OutputSD  float64 `json:"output_sd"`       // standard deviation of the output on the images, the unit of errors
}

// An Axis is how the network behaves along height (up is towards row 0) or width.
type Axis struct {
	Step   int    `json:"step"`   // tile origins and sizes advance by it
	Shrink int    `json:"shrink"` // input px minus output px, at every legal length
	Before int    `json:"before"` // px of the input before the output's first
	Legal  *Legal `json:"legal"`  // lengths that were seen to run and lose Shrink px, no more; null where none or one does

	Accepted [][2]int `json:"accepted"` // lengths that run, as first and last of runs
	Floored  [][2]int `json:"floored"`  // those of them at which px are left over somewhere, so that the output is shorter than it should be, or lies elsewhere
	Scanned  int      `json:"scanned"`  // largest length tried

	HaloTop     *int  `json:"halo_top"`             // output px to discard at an inner tile edge, by the wiring; null where no number is enough
	HaloBottom  *int  `json:"halo_bottom"`          // likewise
	LocalHalo   []int `json:"local_halo,omitempty"` // top and bottom, were it not for what is global
	ReachUp     *int  `json:"reach_up"`             // how far above its place an output px sees, by the wiring, of what is local
	ReachDown   *int  `json:"reach_down"`           // likewise below
	UpByPhase   []int `json:"up_by_phase"`          // the same by the output px's index modulo the step
	DownByPhase []int `json:"down_by_phase"`        // likewise

	HaloAt   map[string]*int `json:"halo_at"`            // smallest halo beyond which no error on the images is above the tolerance (1e-06 … 0.1), the larger of both sides; null where there is none
	Measured *Measured       `json:"measured,omitempty"` // tiles against the whole
}

// Legal are the lengths Step·k + Offset from Min on.
type Legal struct {
	Step   int `json:"step"`   // distance of legal lengths
	Offset int `json:"offset"` // a legal length modulo the step
	Min    int `json:"min"`    // the smallest
}

// Measured is how tiles cut along one axis compared with the whole. The tile is
// of one size and its origins lie on the step.
type Measured struct {
	Verdict string `json:"verdict"` // by the measurement alone
	Tile    int    `json:"tile"`    // px of input along the axis
	Whole   int    `json:"whole"`   // px of input along the axis
	Across  int    `json:"across"`  // px of input across it
	Origins []int  `json:"origins"` // of the tiles, in px of the strip
	Strips  int    `json:"strips"`  // pieces of images, and one of noise

	HaloTop    *int `json:"halo_top"`    // beyond the last row that differs at all (above the floor where a Runner predicts)
	HaloBottom *int `json:"halo_bottom"` // likewise

	ReachUp   int `json:"reach_up"`   // how far above its place an output px saw a row that was disturbed
	ReachDown int `json:"reach_down"` // likewise below

	Curve      []CurvePoint    `json:"curve"`       // error by discarded px
	Plateau    float64         `json:"plateau"`     // error in the tile's central quarter
	BeyondHalo float64         `json:"beyond_halo"` // error beyond the local halo of the wiring
	Misaligned map[int]float64 `json:"misaligned"`  // the same of tiles whose origin is off the step by so many px
}

// A CurvePoint is the error over all rows at least Halo px from both tile ends.
type CurvePoint struct {
	Halo int     `json:"halo"` // px discarded at both ends
	Max  float64 `json:"max"`  // largest of any px
	RMS  float64 `json:"rms"`  // root mean square
}

// A Cause is one reason for the seam of an unaware tiling: tiles that overlap
// by a quarter, origins wherever they come to lie, as much of the tile kept as
// possible.
type Cause struct {
	Name  string   `json:"name"`            // input_statistics, global_pooling, size_dependent_resize, missing_context or grid_phase
	Nodes []string `json:"nodes,omitempty"` // to blame, by the wiring

	Alone float64 `json:"alone"` // 1 − seam after / seam before, if only this cause is removed
	Share float64 `json:"share"` // part of the seam that it takes away on average over every order of removing the causes (Shapley's value)
	How   string  `json:"how"`   // what was done to remove it

	Blame []Blame `json:"blame,omitempty"` // of nodes that depend on the whole map, what each takes away if it alone is frozen, on aligned tiles beyond the halo, along height
}

// A Blame is a node's part in a cause.
type Blame struct {
	Node  string  `json:"node"`  // its name in the graph
	Alone float64 `json:"alone"` // 1 − seam after / seam before
}

// A Checkerboard is the pattern that the network writes on constant input: the
// largest minus the smallest mean of its s×s output phases, beyond the halo, in
// standard deviations of its output on N(0,1) noise.
type Checkerboard struct {
	Max     float64              `json:"max"`      // the largest of all
	Levels  map[string][]float64 `json:"levels"`   // by the constant, per channel
	Image   [2]int               `json:"image"`    // height and width of the input
	Margin  [2]int               `json:"margin"`   // px left out at every side of the output
	Phases  [2]int               `json:"phases"`   // the step
	NoiseSD []float64            `json:"noise_sd"` // standard deviation of the output on noise, per channel
}

// ShiftSame is the share of pixels that keep their class if the input moves.
type ShiftSame struct {
	Shift int     `json:"shift"` // px
	Same  float64 `json:"same"`  // share of px that keep their class
	Error float64 `json:"error"` // RMS
}

// A Place says where the output's content lies against the input, in px:
// positive is down and right, height first. Wiring is of the path through the
// deepest level; Measured is the centre of the squared change that a disturbed
// row makes, over all paths. Random weights move the latter by a px or two.
type Place struct {
	Wiring   [2]float64 `json:"wiring"`   // by the coordinates of the path through the deepest level
	Measured [2]float64 `json:"measured"` // centre of the squared change
}

// A BorderBand is what the output is at a distance from the image's border.
type BorderBand struct {
	From int       `json:"from"` // px
	To   int       `json:"to"`   // px, not included
	Mean []float64 `json:"mean"` // per channel, minus that from 32 px on
}

// Accuracy is how many px are labelled as in the masks.
type Accuracy struct {
	Whole  float64 `json:"whole"`  // share of px, image in one piece
	Border []Band  `json:"border"` // by distance to the image's border, in one piece
	Edge   []Band  `json:"edge"`   // by distance to the nearest tile edge, in unaware tiles
}

// A Band is the share of px labelled as in the masks, over a range of distances
// in px; To is 0 in the last, which has no end.
type Band struct {
	From  int     `json:"from"`            // px
	To    int     `json:"to"`              // px, not included; 0: no end
	Whole float64 `json:"whole"`           // image in one piece
	Tiled float64 `json:"tiled,omitempty"` // in tiles
	Px    int     `json:"px"`              // how many
}

// A Tiler is a way to lay and blend tiles, and how it did.
type Tiler struct {
	Name     string   `json:"name"`              // of the rule; in Pareto and Recommended whole, exact or step (on the step, with less than the halo discarded)
	Tile     int      `json:"tile"`              // px of input, height
	TileW    int      `json:"tile_w,omitempty"`  // where it is not square
	Overlap  int      `json:"overlap"`           // px that outputs of neighbouring tiles share, at least
	Blend    string   `json:"blend"`             // how overlaps are blended; none: cut
	Tiles    int      `json:"tiles"`             // how many
	MACPerPx float64  `json:"mac_per_px"`        // multiply-accumulates per px of the image
	Bytes    int64    `json:"bytes"`             // planned for one tile
	Seconds  float64  `json:"seconds,omitempty"` // measured; in Pareto and Recommended what it would take at the best rate measured
	Error    float64  `json:"error"`             // RMS against the whole; in Pareto and Recommended, which are not run, Max
	Max      float64  `json:"max"`               // of any px; there by the measured curve, at the px that every inner edge discards
	Inner    float64  `json:"inner"`             // Max at least the halo away from the image's border, where some tilers read other px beyond it than the whole does
	Exact    bool     `json:"exact"`             // agrees with the whole, by the wiring
	Faults   []string `json:"faults,omitempty"`  // by the wiring, why it is not
	Refused  string   `json:"refused,omitempty"` // why it cannot be used on this network
}
