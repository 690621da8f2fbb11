package graph

import "fmt"

// Op is the operation of a Node. The set is closed: every reader switches over it.
type Op uint8

const (
	Input         Op = iota
	Conv             // unpadded convolution; Params: weight [O,C/Groups,kh,kw], bias [O]
	ConvTranspose    // its adjoint, nothing cut off: (H−1)·stride + kernel px; Params: weight [C,O/Groups,kh,kw], bias [O]
	MaxPool          // Pads lets windows reach beyond the map, where nothing is
	AvgPool          // likewise, the mean of the pixels that are there
	ReLU
	Norm         // by its Statistics; Params: gamma, beta [C], and for the batch's running mean, running variance [C] (untrainable)
	Dropout      // identity outside training
	Pad          // adds Pads (or Lengths: top, left, bottom, right) pixels of kind Padding; negative ones are cut off
	Crop         // centre-crops In[0] to the size of Like, or cuts out Lengths: top, left, height, width
	Resize       // interpolates In[0] to the size of Like or to Lengths (height, width), or by Factor or Scale
	PixelShuffle // C·r²×H×W → C×rH×rW, torch's channel order
	Concat       // joins channels of In[0], In[1], … of equal size
	Sum          // adds In[0], In[1], …, of equal shape or broadcast: a side of 1 is repeated
	Zero         // the shape of In[0], all zero, no gradient: a severed skip

	// What imported networks need beyond that. The engine runs these forward only.
	Pointwise  // Func of every value
	PReLU      // x where x > 0, slope·x elsewhere; Params: slope [C]
	ScaleShift // scale·x + shift; Params: scale, shift [C]
	Product    // multiplies In[0], In[1], …, broadcast as by Sum
	Reduce     // mean or maximum (Max) over the axes Over, which remain with a length of 1
	Softmax    // over the channels
	Select     // channels First … First+Channels−1
	numOps
)

var opNames = [numOps]string{"Input", "Conv", "ConvTranspose", "MaxPool", "AvgPool", "ReLU", "Norm", "Dropout",
	"Pad", "Crop", "Resize", "PixelShuffle", "Concat", "Sum", "Zero",
	"Pointwise", "PReLU", "ScaleShift", "Product", "Reduce", "Softmax", "Select"}

func (op Op) String() string {
	if op < numOps {
		return opNames[op]
	}
	return fmt.Sprintf("Op(%d)", uint8(op))
}

// Statistics says over what a Norm node takes mean and variance.
type Statistics uint8

const (
	// BatchStatistics are the batch's and the map's, per channel, in training,
	// and the running ones of the parameters otherwise (Ioffe & Szegedy 2015).
	BatchStatistics Statistics = iota
	// InstanceStatistics are each map's own, per channel, always (Ulyanov et al. 2016).
	InstanceStatistics
	// GroupStatistics are each map's own, per Groups-th part of the channels,
	// always (Wu & He 2018).
	GroupStatistics
	numStatistics
)

var statisticsNames = [numStatistics]string{"batch", "instance", "group"}

func (s Statistics) String() string { return statisticsNames[s] }

// Padding is what a Pad node puts outside the image.
type Padding uint8

const (
	PadZero      Padding = iota // or another constant, Node.Value
	PadReflect                  // mirrored, the edge pixel not repeated: d c b | a b c d
	PadReplicate                // a a a | a b c d
	PadCircular                 // b c d | a b c d
	numPaddings
)

var paddingNames = [numPaddings]string{"zero", "reflect", "replicate", "circular"}

func (p Padding) String() string { return paddingNames[p] }

// Interp is how a Resize node interpolates.
type Interp uint8

const (
	Bilinear       Interp = iota // half-pixel centres (align_corners=False)
	BilinearAlign                // corner pixels' centres aligned (align_corners=True)
	Nearest                      // floor(i·in/out)
	NearestHalf                  // the nearest of half-pixel centres, the lower of two (ONNX: half_pixel, round_prefer_floor)
	BilinearCorner               // corner pixels' corners aligned, i·in/out (ONNX: asymmetric)
	Cubic                        // half-pixel centres, a = −0.75 (Keys 1981), edge pixels repeated
	numInterps
)

var interpNames = [numInterps]string{"bilinear", "bilinear-align", "nearest", "nearest-half", "bilinear-corner", "cubic"}

func (i Interp) String() string { return interpNames[i] }

// ParsePadding and ParseInterp read the names that String writes.
func ParsePadding(s string) (Padding, error) {
	for i, n := range paddingNames {
		if n == s {
			return Padding(i), nil
		}
	}
	return 0, fmt.Errorf("unknown padding %q: want one of %v", s, paddingNames)
}

// ParseInterp reads the name that Interp.String writes.
func ParseInterp(s string) (Interp, error) {
	for i, n := range interpNames {
		if n == s {
			return Interp(i), nil
		}
	}
	return 0, fmt.Errorf("unknown interpolation %q: want one of %v", s, interpNames)
}
