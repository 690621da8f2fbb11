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
	Schema int   `json:"schema"`
	Model  Model `json:"model"`

	Verdict string   `json:"verdict"` // "exact", "never" or "undecided"
	Tested  int      `json:"tested"`  // the largest halo that the measurement could tell from none, of the axis where it is smaller
	Cause   []string `json:"cause"`   // what brings seams in, the worst kind first: input_statistics, global_pooling, size_dependent_resize, missing_context, grid_phase
	Causes  []Cause  `json:"causes"`  // the same with share and nodes, and blending

	// The seam of an unaware tiling: the RMS error against the whole within 4 px
	// of its tiles' edges. Blending is the part of it that a linear cross-fade of
	// neighbouring tiles takes away, in place of a hard cut.
	Seam     float64 `json:"seam"`
	Blending float64 `json:"blending"`

	// Where wiring and measurement disagree, in words. A verdict "exact" by the
	// wiring that the measurement refutes is given as "never".
	Contradictions []string `json:"contradictions,omitempty"`
	Notes          []string `json:"notes,omitempty"`

	Axes struct {
		H *Axis `json:"H"`
		W *Axis `json:"W"`
	} `json:"axes"`

	Floor        float64       `json:"floor"` // the largest difference that another order of summation makes
	Checkerboard *Checkerboard `json:"checkerboard,omitempty"`
	Shift        []ShiftSame   `json:"shift_consistency,omitempty"`
	Place        *Place        `json:"place,omitempty"`
	Border       []BorderBand  `json:"border,omitempty"`
	Accuracy     *Accuracy     `json:"accuracy,omitempty"`

	Tilers      []Tiler `json:"tilers,omitempty"` // how tilers that people use would fare
	Pareto      []Tiler `json:"pareto,omitempty"` // ours, by rising cost, each with less error than the one before
	Recommended *Tiler  `json:"recommended,omitempty"`
	ImageSize   [2]int  `json:"image_size"` // that Pareto and Recommended are for, height and width: the first image's, or 2048 px square

	Seconds float64 `json:"seconds"`

	Plan *tile.Plan `json:"-"` // what is recommended, for an image of ImageSize
}

// A Model says what the network is.
type Model struct {
	Name      string  `json:"name"`
	Inputs    int     `json:"inputs"`  // channels
	Outputs   int     `json:"outputs"` // channels
	Nodes     int     `json:"nodes"`
	Params    int64   `json:"params"`
	MACsPerPx float64 `json:"mac_per_px"`      // per px of the output, in one piece
	Fixed     []int   `json:"fixed,omitempty"` // height and width, where the file accepts one size only
	OutputSD  float64 `json:"output_sd"`
}

// An Axis is how the network behaves along height (up is towards row 0) or width.
type Axis struct {
	Step   int    `json:"step"`   // tile origins and sizes advance by it
	Shrink int    `json:"shrink"` // input px minus output px, at every legal length
	Before int    `json:"before"` // px of the input before the output's first
	Legal  *Legal `json:"legal"`  // lengths that were seen to run and lose Shrink px, no more; null where none or one does

	// Lengths that run, of those from 1 to Scanned, as first and last of runs.
	// Floored are those of them at which px are left over somewhere, so that the
	// output is shorter than it should be, or lies elsewhere.
	Accepted [][2]int `json:"accepted"`
	Floored  [][2]int `json:"floored"`
	Scanned  int      `json:"scanned"`

	// By the wiring: output px to discard at an inner tile edge, and how far an
	// output px sees, by its phase on the step. Where the network depends on the
	// whole map, halos are null and the reach is that of its local part.
	HaloTop     *int  `json:"halo_top"`
	HaloBottom  *int  `json:"halo_bottom"`
	LocalHalo   []int `json:"local_halo,omitempty"` // top and bottom, were it not for what is global
	ReachUp     *int  `json:"reach_up"`
	ReachDown   *int  `json:"reach_down"`
	UpByPhase   []int `json:"up_by_phase"`
	DownByPhase []int `json:"down_by_phase"`

	// By measurement: the smallest halo beyond which no error is above the
	// tolerance, the larger of both sides; null where there is none.
	HaloAt   map[string]*int `json:"halo_at"`
	Measured *Measured       `json:"measured,omitempty"`
}

// Legal are the lengths Step·k + Offset from Min on.
type Legal struct {
	Step   int `json:"step"`
	Offset int `json:"offset"`
	Min    int `json:"min"`
}

// Measured is how tiles cut along one axis compared with the whole. The tile is
// of one size and its origins lie on the step.
type Measured struct {
	Verdict string `json:"verdict"`
	Tile    int    `json:"tile"`  // px of input along the axis
	Whole   int    `json:"whole"` // px of input along the axis
	Across  int    `json:"across"`
	Origins []int  `json:"origins"`
	Strips  int    `json:"strips"` // pieces of images, and one of noise

	HaloTop    *int `json:"halo_top"` // beyond the last row that differs at all (above the floor where a Runner predicts)
	HaloBottom *int `json:"halo_bottom"`

	// How far above and below output px saw a row that was disturbed.
	ReachUp   int `json:"reach_up"`
	ReachDown int `json:"reach_down"`

	Curve      []CurvePoint    `json:"curve"`       // error by discarded px
	Plateau    float64         `json:"plateau"`     // error in the tile's central quarter
	BeyondHalo float64         `json:"beyond_halo"` // error beyond the local halo of the wiring
	Misaligned map[int]float64 `json:"misaligned"`  // the same of tiles whose origin is off the step by so many px
}

// A CurvePoint is the error over all rows at least Halo px from both tile ends.
type CurvePoint struct {
	Halo int     `json:"halo"`
	Max  float64 `json:"max"`
	RMS  float64 `json:"rms"`
}

// A Cause is one reason for the seam of an unaware tiling: tiles that overlap
// by a quarter, origins wherever they come to lie, as much of the tile kept as
// possible.
type Cause struct {
	Name  string   `json:"name"`
	Nodes []string `json:"nodes,omitempty"` // to blame, by the wiring

	// Alone is 1 − seam after / seam before, if only this cause is removed. Share
	// is the part of the seam that it takes away on average over every order in
	// which the causes can be removed (Shapley's value); shares sum to at most 1.
	Alone float64 `json:"alone"`
	Share float64 `json:"share"`
	How   string  `json:"how"` // what was done to remove it

	// Of nodes that depend on the whole map, how much of the seam on aligned
	// tiles, beyond the halo, each takes away if it alone is frozen, along height.
	Blame []Blame `json:"blame,omitempty"`
}

// A Blame is a node's part in a cause.
type Blame struct {
	Node  string  `json:"node"`
	Alone float64 `json:"alone"`
}

// A Checkerboard is the pattern that the network writes on constant input: the
// largest minus the smallest mean of its s×s output phases, beyond the halo, in
// standard deviations of its output on N(0,1) noise.
type Checkerboard struct {
	Max     float64              `json:"max"`    // the largest of all
	Levels  map[string][]float64 `json:"levels"` // by the constant, per channel
	Image   [2]int               `json:"image"`
	Margin  [2]int               `json:"margin"`
	Phases  [2]int               `json:"phases"`
	NoiseSD []float64            `json:"noise_sd"`
}

// ShiftSame is the share of pixels that keep their class if the input moves.
type ShiftSame struct {
	Shift int     `json:"shift"`
	Same  float64 `json:"same"`
	Error float64 `json:"error"` // RMS
}

// A Place says where the output's content lies against the input, in px:
// positive is down and right, height first. Wiring is of the path through the
// deepest level; Measured is the centre of the squared change that a disturbed
// row makes, over all paths. Random weights move the latter by a px or two.
type Place struct {
	Wiring   [2]float64 `json:"wiring"`
	Measured [2]float64 `json:"measured"`
}

// A BorderBand is what the output is at a distance from the image's border.
type BorderBand struct {
	From int       `json:"from"` // px
	To   int       `json:"to"`
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
	From  int     `json:"from"`
	To    int     `json:"to"`
	Whole float64 `json:"whole"`
	Tiled float64 `json:"tiled,omitempty"`
	Px    int     `json:"px"`
}

// A Tiler is a way to lay and blend tiles, and how it did.
type Tiler struct {
	Name     string   `json:"name"`
	Tile     int      `json:"tile"`
	TileW    int      `json:"tile_w,omitempty"` // where it is not square
	Overlap  int      `json:"overlap"`
	Blend    string   `json:"blend"`
	Tiles    int      `json:"tiles"`
	MACPerPx float64  `json:"mac_per_px"`
	Bytes    int64    `json:"bytes"` // planned for one tile
	Seconds  float64  `json:"seconds,omitempty"`
	Error    float64  `json:"error"` // RMS against the whole; in Pareto and Recommended, which are not run, Max
	Max      float64  `json:"max"`   // of any px; there by the measured curve, at the px that every inner edge discards
	Inner    float64  `json:"inner"` // Max at least the halo away from the image's border, where some tilers read other px beyond it than the whole does
	Exact    bool     `json:"exact"`
	Faults   []string `json:"faults,omitempty"`  // by the wiring, why it is not
	Refused  string   `json:"refused,omitempty"` // why it cannot be used on this network
}
