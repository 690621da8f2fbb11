package tile

import (
	"errors"
	"fmt"
	"math"

	"unetbench/graph"
)

// A Rule is how a program that people use cuts an image into tiles, and what it
// does where they overlap. Programs differ in little else.
type Rule struct {
	Name   string
	Does   string // in a few words
	Source string // where that is written: repository, file, function
	Beyond Beyond
	Window Window // nil: each px is one tile's

	// Smaller is what becomes of an output that is smaller than its input; "":
	// it is put where it belongs.
	Smaller string

	lay func(a Axis, n, tile int) ([]piece, error)
}

// Rules are all programs' rules, ours first.
var Rules = []Rule{
	{
		Name: "exact", Does: "discards the halo, on the network's step",
		Source: "tile.Spec with ExactOverlap",
		lay:    Axis.layExact,
	}, {
		Name: "monai", Does: "overlap 25%, mean",
		Source: "Project-MONAI/MONAI monai/inferers/utils.py sliding_window_inference, monai/data/utils.py dense_patch_slices",
		Window: Uniform, Smaller: misplaced,
		lay: origins(func(n, tile int) []int { return march(n, tile, max(int(float64(tile)*0.75), 1)) }),
	}, {
		Name: "monai-gaussian", Does: "overlap 25%, Gaussian σ ⅛",
		Source: "likewise, mode=\"gaussian\": compute_importance_map",
		Window: Gaussian(MONAISigma), Smaller: misplaced,
		lay: origins(func(n, tile int) []int { return march(n, tile, max(int(float64(tile)*0.75), 1)) }),
	}, {
		Name: "nnunet", Does: "at most half a tile apart, evenly; Gaussian σ ⅛",
		Source: "MIC-DKFZ/nnUNet nnunetv2/inference/sliding_window_prediction.py compute_steps_for_sliding_window, compute_gaussian",
		Window: Spike, Smaller: refused,
		lay: origins(func(n, tile int) []int {
			return spread(n, tile, int(math.Ceil(float64(n-tile)/(float64(tile)*0.5)))+1, math.RoundToEven)
		}),
	}, {
		Name: "csbdeep", Does: "discards its table's overlap, in blocks of the step (StarDist too)",
		Source:  "CSBDeep/CSBDeep csbdeep/internals/predict.py tile_iterator, tile_overlap",
		Smaller: refused,
		lay:     Axis.layCSBDeep,
	}, {
		Name: "cellpose", Does: "overlap of at least 10%, evenly; sigmoid taper",
		Source: "MouseLand/cellpose cellpose/transforms.py make_tiles, average_tiles, _taper_mask",
		Window: Taper, Smaller: refused,
		lay: origins(func(n, tile int) []int {
			if n <= tile {
				return []int{0}
			}
			const overlap = 0.1 // its default; it takes 0.05 to 0.5
			return spread(n, tile, int(math.Ceil((1.+2*overlap)*float64(n)/float64(tile))), math.Floor)
		}),
	}, {
		Name: "bioimageio", Does: "discards the halo of rdf.yaml, here the exact one on the step",
		Source: "bioimage-io/core-bioimage-io-python bioimageio/core/block_meta.py split_shape_into_blocks; pad_mode symmetric: tensor.py",
		Beyond: Symmetric,
		lay:    Axis.layBioimage,
	}, {
		Name: "rastervision", Does: "stride half a chip, discards half the overlap (crop_sz auto)",
		Source: "azavea/raster-vision rastervision_core box.py get_windows, calculate_required_padding, discard_prediction_edges, SemanticSegmentationPredictOptions",
		Beyond: Zeros, Smaller: refused,
		lay: Axis.layRasterVision,
	}, {
		Name: "deepcell", Does: "stride 75%, quadratic spline window",
		Source: "vanvalenlab/deepcell-toolbox deepcell_toolbox/utils.py tile_image, untile_image, spline_window",
		Beyond: Zeros, Window: Spline, Smaller: refused,
		lay: Axis.layDeepCell,
	},
}

const (
	misplaced = "takes it for a coarser map and misplaces it"
	refused   = "fails: it wants an output as large as the input"
)

// RuleNamed finds a rule.
func RuleNamed(name string) (Rule, error) {
	var names []string
	for _, r := range Rules {
		if r.Name == name {
			return r, nil
		}
		names = append(names, r.Name)
	}
	return Rule{}, fmt.Errorf("no tiling rule %q; want one of %v", name, names)
}

// Plan covers an image with tiles of input side tile by the rule. It is an
// error where the program would fail or misplace what the network predicts, and
// where an image is smaller than a tile, which programs fill each in its way.
func (r Rule) Plan(size graph.Size, g Geometry, tile int) (*Plan, error) {
	if err := errors.Join(checkSize(size), g.check()); err != nil {
		return nil, err
	}
	lay := func(a Axis, n int) ([]piece, error) {
		switch {
		case !a.Legal(tile):
			return nil, illegal("tile", tile, a.Sides)
		case r.Smaller != "" && (a.Before != 0 || a.After != 0):
			return nil, fmt.Errorf("%s: the output is %d px smaller than the input, and the program %s", r.Name, a.Before+a.After, r.Smaller)
		case a.out(tile) > n:
			return nil, fmt.Errorf("%s: tile %d px is larger than the image of %v px: use a smaller tile", r.Name, tile, size)
		}
		return r.lay(a, n, tile)
	}
	h, err := lay(g.H, size.H)
	if err != nil {
		return nil, err
	}
	w, err := lay(g.W, size.W)
	if err != nil {
		return nil, err
	}
	p := assemble(size, g, h, w)
	p.Beyond = r.Beyond
	return p.Blended(r.Window), nil
}

// march starts tiles stride px apart; the last is moved back to end with the image.
func march(n, tile, stride int) (origin []int) {
	for o := 0; o+tile < n; o += stride {
		origin = append(origin, o)
	}
	return append(origin, n-tile)
}

// spread starts count tiles evenly from 0 to n−tile.
func spread(n, tile, count int, round func(float64) float64) (origin []int) {
	if count < 2 {
		return []int{0}
	}
	step := float64(n-tile) / float64(count-1)
	for i := range count {
		origin = append(origin, int(round(step*float64(i))))
	}
	return origin
}

// origins parts tiles in the middle of their overlaps.
func origins(f func(n, tile int) []int) func(Axis, int, int) ([]piece, error) {
	return func(a Axis, n, tile int) ([]piece, error) {
		return row{tile, f(n, tile)}.pieces(a), nil
	}
}

func (a Axis) layExact(n, tile int) ([]piece, error) {
	overlap, err := Geometry{a, a}.ExactOverlap(tile)
	if err != nil {
		return nil, err
	}
	r, err := a.lay(n, Spec{Tile: tile, Overlap: overlap})
	return r.pieces(a), err
}

// tableCSBDeep are CSBDeep's overlaps for 3×3 kernels and 2×2 pooling, by the step.
var tableCSBDeep = map[int]int{2: 9, 4: 22, 8: 46, 16: 94, 32: 190}

// layCSBDeep cuts the image, mirrored up to whole blocks of the step, into as
// few parts of equal or neighbouring length as are at most tile px with their
// overlaps: the program is told their number. Beyond the image it reads nothing.
func (a Axis) layCSBDeep(n, tile int) ([]piece, error) {
	px, ok := tableCSBDeep[a.Step]
	if !ok {
		return nil, fmt.Errorf("csbdeep: its table has no overlap for a step of %d px; want 2, 4, 8, 16 or 32", a.Step)
	}
	blocks, overlap := (n+a.Step-1)/a.Step, (px+a.Step-1)/a.Step
	for parts := 1; parts <= blocks; parts++ {
		var ps []piece
		longest := 0
		size, rest := blocks/parts, blocks%parts
		for i, start := 0, 0; i < parts; i++ {
			end := start + size
			if i < rest/2 || i >= parts-(rest-rest/2) {
				end++
			}
			first, last := max(start-overlap, 0), min(end+overlap, blocks)
			longest = max(longest, last-first)
			ps = append(ps, piece{first * a.Step, (last - first) * a.Step, start * a.Step, end * a.Step})
			start = end
		}
		if longest*a.Step <= tile {
			return ps, nil
		}
	}
	return nil, fmt.Errorf("csbdeep: a tile of %d px is used up by overlaps of %d px on both sides; use a tile of at least %d",
		tile, overlap*a.Step, a.Above((2*overlap+1)*a.Step))
}

// layBioimage gives every block its halo, beyond the image too; the last block
// is moved back to end with the image. The halo is that of a well-written
// rdf.yaml, where one number serves both sides: on the step, so that the grid
// is the whole image's.
func (a Axis) layBioimage(n, tile int) ([]piece, error) {
	halo, ok := a.BioimageHalo()
	if !ok {
		return nil, errors.New("bioimageio: no halo can be written for this network: none is enough")
	}
	inner := a.out(tile) - 2*halo
	if inner < 1 {
		return nil, fmt.Errorf("bioimageio: tile %d: its output of %d px is used up by two halos of %d px; use a tile of at least %d",
			tile, a.out(tile), halo, a.Above(a.Before+a.After+2*halo+a.Step))
	}
	if inner > n {
		return nil, fmt.Errorf("bioimageio: a block of %d px is larger than the image of %d px; use a smaller tile", inner, n)
	}
	var ps []piece
	for p := 0; p < n; p += inner {
		at := min(p, n-inner)
		ps = append(ps, piece{at - halo, a.out(tile), p, min(p+inner, n)})
	}
	return ps, nil
}

// BioimageHalo is the halo to write into an rdf.yaml, where one number is
// cropped from both sides of an output: the larger of both, up to the step.
func (a Axis) BioimageHalo() (px int, ok bool) {
	if _, ok := a.halo(); !ok || a.Wraps {
		return 0, false
	}
	return ceilTo(max(a.HaloBefore, a.HaloAfter), a.Step), true
}

// layRasterVision starts chips half a chip apart and keeps the middle half of
// each. Its documentation calls crop_sz="auto" half the stride, its code takes
// half the overlap; at this stride they are the same. Chips stand out on both
// sides of the image, by more than need be.
func (a Axis) layRasterVision(n, tile int) ([]piece, error) {
	if tile%4 != 0 {
		return nil, fmt.Errorf("rastervision: chips of %d px overlap by an odd number that cannot be discarded in halves: use a multiple of 4", tile)
	}
	stride, crop := tile/2, tile/4
	pad := (ceilTo(max(n-stride, 0), stride)+stride-n+1)/2 + 2*crop
	var ps []piece
	for at := -pad; at+tile <= n+pad; at += stride {
		ps = append(ps, piece{at, tile, at + crop, at + crop + stride})
	}
	return ps, nil
}

// layDeepCell starts tiles ¾ of a side apart, up to an even number; what they
// are longer than the image lies in halves before and after it.
func (a Axis) layDeepCell(n, tile int) ([]piece, error) {
	stride := deepCellStride(tile)
	more := max((n-tile+stride-1)/stride, 0)
	pad := (tile + stride*more - n + 1) / 2
	r := row{side: tile}
	for i := range more + 1 {
		r.origin = append(r.origin, i*stride-pad)
	}
	return r.pieces(a), nil
}

func deepCellStride(tile int) int { return min(2*int(math.Ceil(0.75*float64(tile)/2)), tile) }
