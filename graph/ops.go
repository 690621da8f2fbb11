package graph

import "fmt"

// Op is the operation of a Node. The set is closed: every reader switches over it.
type Op uint8

const (
	Input         Op = iota
	Conv             // unpadded convolution; Params: weight [O,C,kh,kw], bias [O]
	ConvTranspose    // kernel = stride, so outputs do not overlap; Params: weight [C,O,kh,kw], bias [O]
	MaxPool          // kernel = stride
	AvgPool          // stride 1 (the blur after PixelShuffle)
	ReLU
	Norm         // by its Statistics; Params: gamma, beta [C], and for the batch's running mean, running variance [C] (untrainable)
	Dropout      // identity outside training
	Pad          // adds Pads pixels of kind Padding
	Crop         // centre-crops In[0] to the size of Like
	Resize       // interpolates In[0] to the size of Like, or by Factor
	PixelShuffle // C·r²×H×W → C×rH×rW, torch's channel order
	Concat       // joins channels of In[0], In[1], … of equal size
	Sum          // adds In[0], In[1], … of equal shape
	Zero         // the shape of In[0], all zero, no gradient: a severed skip
	numOps
)

var opNames = [numOps]string{"Input", "Conv", "ConvTranspose", "MaxPool", "AvgPool", "ReLU", "Norm", "Dropout",
	"Pad", "Crop", "Resize", "PixelShuffle", "Concat", "Sum", "Zero"}

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
	PadZero      Padding = iota
	PadReflect           // mirrored, the edge pixel not repeated: d c b | a b c d
	PadReplicate         // a a a | a b c d
	PadCircular          // b c d | a b c d
	numPaddings
)

var paddingNames = [numPaddings]string{"zero", "reflect", "replicate", "circular"}

func (p Padding) String() string { return paddingNames[p] }

// Interp is how a Resize node interpolates.
type Interp uint8

const (
	Bilinear      Interp = iota // half-pixel centres (align_corners=False)
	BilinearAlign               // corner pixels' centres aligned (align_corners=True)
	Nearest                     // floor(i·in/out)
	numInterps
)

var interpNames = [numInterps]string{"bilinear", "bilinear-align", "nearest"}

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
