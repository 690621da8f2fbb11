package graph

// A Param is one tensor of the network, stored outside the graph so that
// several graphs may share it. Layouts are torch's.
type Param struct {
	Name      string // "enc0.conv0.weight"
	Shape     []int
	Trainable bool // running statistics are not
	Init      Init
}

// Len is the number of elements of p.
func (p Param) Len() int {
	n := 1
	for _, d := range p.Shape {
		n *= d
	}
	return n
}

// Init says how a parameter starts: normal with that standard deviation about
// Mean; Repeat > 1 copies each drawn filter to Repeat consecutive output
// channels (ICNR: Aitken et al. 2017, all sub-pixel phases equal).
type Init struct {
	Mean, Std float64
	Repeat    int
}

// Weights holds one slice per Graph.Params, in that order.
type Weights [][]float32
