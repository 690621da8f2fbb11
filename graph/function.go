package graph

import "fmt"

// Function is what a Pointwise node does to every value.
type Function uint8

const (
	Identity Function = iota
	Sigmoid           // 1/(1+e^−x)
	Tanh
	LeakyReLU   // x where x > 0, Args[0]·x elsewhere
	ELU         // x where x > 0, Args[0]·(e^x−1) elsewhere
	HardSigmoid // Args[0]·x + Args[1] within 0 … 1
	Clip        // x within Args[0] … Args[1]
	Softplus    // ln(1+e^x)
	Erf
	Exp
	Log
	Sqrt
	Reciprocal
	Abs
	numFunctions
)

var functionNames = [numFunctions]string{"identity", "sigmoid", "tanh", "leaky-relu", "elu", "hard-sigmoid", "clip",
	"softplus", "erf", "exp", "log", "sqrt", "reciprocal", "abs"}

func (f Function) String() string {
	if f < numFunctions {
		return functionNames[f]
	}
	return fmt.Sprintf("Function(%d)", uint8(f))
}

// Over is a set of axes.
type Over uint8

const (
	OverChannels Over = 1 << iota
	OverHeight
	OverWidth

	OverMap = OverHeight | OverWidth
)

// side reports whether the set holds height (axis 0) or width (axis 1).
func (o Over) side(axis int) bool { return o&(OverHeight<<axis) != 0 }
