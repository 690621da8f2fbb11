package onnx_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/onnx"
)

func real(name string, v float32) message {
	m := message{}.text(1, name).number(20, uint64(onnx.FloatAttribute))
	return protowire.AppendFixed32(protowire.AppendTag(m, 2, protowire.Fixed32Type), math.Float32bits(v))
}

func integer(name string, v int) message {
	return message{}.text(1, name).number(20, uint64(onnx.IntAttribute)).number(3, uint64(int64(v)))
}

func word(name, v string) message {
	return message{}.text(1, name).number(20, uint64(onnx.StringAttribute)).text(4, v)
}

// numbers is a tensor.
func numbers(name string, dims []uint64, v ...float32) message {
	m := message{}
	for _, d := range dims {
		m = m.number(1, d)
	}
	m = m.number(2, uint64(onnx.Float32)).text(8, name)
	for _, x := range v {
		m = protowire.AppendFixed32(protowire.AppendTag(m, 4, protowire.Fixed32Type), math.Float32bits(x))
	}
	return m
}

// each is f of every value.
func each(f func(x float64) float64) func(m *graph.Map, c, y, x int) float64 {
	return func(m *graph.Map, c, y, x int) float64 { return f(float64(m.At(c, y, x))) }
}

// over is f of all channels of a pixel.
func over(f func(v []float64) float64) func(m *graph.Map, c, y, x int) float64 {
	return func(m *graph.Map, _, y, x int) float64 {
		var v []float64
		for c := range m.C {
			v = append(v, float64(m.At(c, y, x)))
		}
		return f(v)
	}
}

func total(v []float64, f func(float64) float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += f(x)
	}
	return sum
}

// Operators that become several nodes, or others, compute what the standard
// says: https://onnx.ai/onnx/operators.
func TestOperators(t *testing.T) {
	one := func(op string, attributes ...message) []message {
		return []message{node(op, []string{"x"}, "y", attributes...)}
	}
	same := graph.Shape{C: 4, H: 6, W: 8}
	pixel := graph.Shape{C: 1, H: 6, W: 8}
	square := func(x float64) float64 { return x * x }
	scale := []float32{1, -2, 3, .5}
	taps := []float32{1, 2, 3, 4}
	at := func(m *graph.Map, c, y, x int) float64 { return float64(m.At(c, y, x)) }
	// By a kernel of 1 … 9 at stride 2, of which cut rows and columns are cut off the head.
	transposed := func(cut int) func(m *graph.Map, _, y, x int) float64 {
		return func(m *graph.Map, _, y, x int) float64 {
			sum := 0.0
			for i := range 9 {
				if r, s := y+cut-i/3, x+cut-i%3; r >= 0 && s >= 0 && r%2 == 0 && s%2 == 0 && r/2 < m.H && s/2 < m.W {
					sum += float64(i+1) * at(m, 0, r/2, s/2)
				}
			}
			return sum
		}
	}
	nine := numbers("w", []uint64{4, 1, 3, 3}, append([]float32{1, 2, 3, 4, 5, 6, 7, 8, 9}, make([]float32, 27)...)...)
	double := graph.Shape{C: 1, H: 12, W: 16}
	for name, c := range map[string]struct {
		tensors, nodes []message
		shape          graph.Shape
		want           func(m *graph.Map, c, y, x int) float64
	}{
		"Selu": {nil, one("Selu"), same, each(func(x float64) float64 {
			return 1.0507009873554805 * (max(x, 0) + 1.6732632423543772*math.Expm1(min(x, 0)))
		})},
		"Celu": {nil, one("Celu", real("alpha", 2)), same, each(func(x float64) float64 {
			return max(x, 0) + min(0, 2*math.Expm1(x/2))
		})},
		"Softsign": {nil, one("Softsign"), same, each(func(x float64) float64 { return x / (1 + math.Abs(x)) })},
		"Swish":    {nil, one("Swish", real("alpha", 2)), same, each(func(x float64) float64 { return x / (1 + math.Exp(-2*x)) })},
		"Gelu":     {nil, one("Gelu"), same, each(func(x float64) float64 { return x / 2 * (1 + math.Erf(x/math.Sqrt2)) })},
		"Gelu by tanh": {nil, one("Gelu", word("approximate", "tanh")), same, each(func(x float64) float64 {
			return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
		})},
		"cube":    {[]message{numbers("e", nil, 3)}, []message{node("Pow", []string{"x", "e"}, "y")}, same, each(func(x float64) float64 { return x * x * x })},
		"maximum": {nil, []message{node("Neg", []string{"x"}, "n"), node("Max", []string{"x", "n"}, "y")}, same, each(math.Abs)},
		"minimum": {nil, []message{node("Neg", []string{"x"}, "n"), node("Min", []string{"x", "n"}, "y")}, same, each(func(x float64) float64 { return -math.Abs(x) })},
		"Where": {[]message{numbers("k", nil, .25)}, []message{node("LessOrEqual", []string{"x", "k"}, "m"), node("Neg", []string{"x"}, "n"), node("Where", []string{"m", "n", "x"}, "y")},
			same, each(func(x float64) float64 {
				if x <= .25 {
					return -x
				}
				return x
			})},
		"softplus": {[]message{numbers("k", nil, 20), numbers("one", nil, 1), numbers("big", nil, 100)}, []message{
			node("Mul", []string{"x", "big"}, "z"), node("Greater", []string{"z", "k"}, "m"), node("Exp", []string{"z"}, "e"), node("Add", []string{"e", "one"}, "p"),
			node("Log", []string{"p"}, "l"), node("Where", []string{"m", "z", "l"}, "y")},
			same, each(func(x float64) float64 { return max(100*x, 0) + math.Log1p(math.Exp(-math.Abs(100*x))) })},
		"LogSoftmax": {nil, one("LogSoftmax", integer("axis", 1)), same, func(m *graph.Map, c, y, x int) float64 {
			return float64(m.At(c, y, x)) - math.Log(over(func(v []float64) float64 { return total(v, math.Exp) })(m, c, y, x))
		}},
		"ReduceMin": {nil, one("ReduceMin", integers("axes", 1)), pixel, over(func(v []float64) float64 { return min(v[0], v[1], v[2], v[3]) })},
		"ReduceSum": {nil, one("ReduceSum", integers("axes", 1)), pixel, over(func(v []float64) float64 { return v[0] + v[1] + v[2] + v[3] })},
		"ReduceL1":  {nil, one("ReduceL1", integers("axes", 1)), pixel, over(func(v []float64) float64 { return total(v, math.Abs) })},
		"ReduceL2":  {nil, one("ReduceL2", integers("axes", 1)), pixel, over(func(v []float64) float64 { return math.Sqrt(total(v, square)) })},
		"layer norm": {[]message{numbers("s", []uint64{4}, scale...)}, []message{
			node("Transpose", []string{"x"}, "t", integers("perm", 0, 2, 3, 1)), node("LayerNormalization", []string{"t", "s"}, "n", integer("axis", -1)),
			node("Transpose", []string{"n"}, "y", integers("perm", 0, 3, 1, 2))}, same, func(m *graph.Map, c, y, x int) float64 {
			mean := over(func(v []float64) float64 { return total(v, func(x float64) float64 { return x }) / 4 })(m, c, y, x)
			variance := over(func(v []float64) float64 { return total(v, func(x float64) float64 { return square(x-mean) / 4 }) })(m, c, y, x)
			return float64(scale[c]) * (at(m, c, y, x) - mean) / math.Sqrt(variance+1e-5)
		}},
		"matrix": {[]message{numbers("w", []uint64{4, 1}, scale...), numbers("b", []uint64{1}, 5)}, []message{
			node("Transpose", []string{"x"}, "t", integers("perm", 0, 2, 3, 1)), node("MatMul", []string{"t", "w"}, "p"), node("Add", []string{"p", "b"}, "s"),
			node("Transpose", []string{"s"}, "y", integers("perm", 0, 3, 1, 2))}, pixel,
			over(func(v []float64) float64 { return v[0] - 2*v[1] + 3*v[2] + v[3]/2 + 5 })},
		"squeezed": {[]message{whole("one", 1)}, []message{node("ReduceMean", []string{"x"}, "m", integers("axes", 1), integer("keepdims", 0)),
			node("Unsqueeze", []string{"m", "one"}, "u"), node("Mul", []string{"u", "x"}, "y")}, same, func(m *graph.Map, c, y, x int) float64 {
			return at(m, c, y, x) * over(func(v []float64) float64 { return (v[0] + v[1] + v[2] + v[3]) / 4 })(m, c, y, x)
		}},
		"fifth axis": {[]message{whole("first", 0)}, []message{node("Unsqueeze", []string{"x", "first"}, "u"), node("Relu", []string{"u"}, "r"),
			node("Squeeze", []string{"r", "first"}, "y")}, same, each(func(x float64) float64 { return max(x, 0) })},
		"stacked": {[]message{whole("first", 0)}, []message{node("Unsqueeze", []string{"x", "first"}, "u"), node("Neg", []string{"x"}, "n"), node("Abs", []string{"n"}, "a"),
			node("Unsqueeze", []string{"a", "first"}, "v"), node("Concat", []string{"u", "v"}, "s", integer("axis", 0)),
			node("ReduceSum", []string{"s", "first"}, "y", integer("keepdims", 0))}, same, each(func(x float64) float64 { return x + math.Abs(x) })},
		"no channels": {[]message{whole("none", 1, 0), whole("batch", 1, 4)}, []message{node("Shape", []string{"x"}, "s", integer("start", 2)), node("Concat", []string{"none", "s"}, "t", integer("axis", 0)),
			node("ConstantOfShape", []string{"t"}, "e"), node("Concat", []string{"x", "e"}, "j", integer("axis", 1)), node("Shape", []string{"e"}, "z", integer("start", 2)),
			node("Concat", []string{"batch", "z"}, "to", integer("axis", 0)), node("Resize", []string{"j", "", "", "to"}, "y", word("mode", "nearest"), word("coordinate_transformation_mode", "asymmetric"), word("nearest_mode", "floor"))},
			same, each(func(x float64) float64 { return x })},
		"every second": {[]message{whole("from", 1, 0), whole("to", 1<<62, 1<<62), whole("axes", 2, 3), whole("step", 2, 3)},
			[]message{node("Slice", []string{"x", "from", "to", "axes", "step"}, "y")}, graph.Shape{C: 4, H: 3, W: 3},
			func(m *graph.Map, c, y, x int) float64 { return at(m, c, 1+2*y, 3*x) }},
		"SpaceToDepth": {nil, one("SpaceToDepth", integer("blocksize", 2)), graph.Shape{C: 16, H: 3, W: 4},
			func(m *graph.Map, c, y, x int) float64 { return at(m, c%4, 2*y+c/4/2, 2*x+c/4%2) }},
		"DepthToSpace": {nil, one("DepthToSpace", integer("blocksize", 2)), graph.Shape{C: 1, H: 12, W: 16},
			func(m *graph.Map, c, y, x int) float64 { return at(m, y%2*2+x%2, y/2, x/2) }},
		"pixel shuffle": {[]message{whole("in", 1, 1, 2, 2, 6, 8), whole("out", 1, 1, 12, 16)}, []message{node("Reshape", []string{"x", "in"}, "r"),
			node("Transpose", []string{"r"}, "t", integers("perm", 0, 1, 4, 2, 5, 3)), node("Reshape", []string{"t", "out"}, "y")},
			graph.Shape{C: 1, H: 12, W: 16}, func(m *graph.Map, c, y, x int) float64 { return at(m, y%2*2+x%2, y/2, x/2) }},
		"pixel unshuffle": {[]message{whole("in", 1, 4, 3, 2, 4, 2), whole("out", 1, 16, 3, 4)}, []message{node("Reshape", []string{"x", "in"}, "r"),
			node("Transpose", []string{"r"}, "t", integers("perm", 0, 1, 3, 5, 2, 4)), node("Reshape", []string{"t", "out"}, "y")},
			graph.Shape{C: 16, H: 3, W: 4}, func(m *graph.Map, c, y, x int) float64 { return at(m, c/4, 2*y+c/2%2, 2*x+c%2) }},
		"channel shuffle": {[]message{whole("in", 1, 2, 2, 6, 8), whole("out", 1, 4, 6, 8)}, []message{node("Reshape", []string{"x", "in"}, "r"),
			node("Transpose", []string{"r"}, "t", integers("perm", 0, 2, 1, 3, 4)), node("Reshape", []string{"t", "out"}, "y")},
			same, func(m *graph.Map, c, y, x int) float64 { return at(m, c%2*2+c/2, y, x) }},
		"Tile": {[]message{whole("n", 1, 2, 1, 1)}, []message{node("Tile", []string{"x", "n"}, "y")}, graph.Shape{C: 8, H: 6, W: 8},
			func(m *graph.Map, c, y, x int) float64 { return at(m, c%4, y, x) }},
		"more channels": {[]message{whole("n", 0, 1, 0, 0, 0, 2, 0, 0)}, []message{node("Pad", []string{"x", "n"}, "y")}, graph.Shape{C: 7, H: 6, W: 8},
			func(m *graph.Map, c, y, x int) float64 {
				if c < 1 || c > 4 {
					return 0
				}
				return at(m, c-1, y, x)
			}},
		"along channels": {[]message{numbers("w", []uint64{1, 1, 3}, 1, 2, 4), whole("one", 1), whole("three", 3)}, []message{
			node("ReduceMean", []string{"x"}, "m", integers("axes", 2, 3), integer("keepdims", 0)), node("Unsqueeze", []string{"m", "one"}, "u"),
			node("Conv", []string{"u", "w"}, "c", integers("kernel_shape", 3), integers("pads", 1, 1)), node("Transpose", []string{"c"}, "t", integers("perm", 0, 2, 1)),
			node("Unsqueeze", []string{"t", "three"}, "v"), node("Sub", []string{"x", "v"}, "y")}, same, func(m *graph.Map, c, y, x int) float64 {
			sum := at(m, c, y, x)
			for i, w := range []float64{1, 2, 4} {
				if k := c + i - 1; k >= 0 && k < 4 {
					for _, v := range m.Plane(k) {
						sum -= w * float64(v) / 48
					}
				}
			}
			return sum
		}},
		"SAME_UPPER": {[]message{nine}, []message{node("ConvTranspose", []string{"x", "w"}, "y", integers("strides", 2, 2), word("auto_pad", "SAME_UPPER"))}, double, transposed(0)},
		"SAME_LOWER": {[]message{nine}, []message{node("ConvTranspose", []string{"x", "w"}, "y", integers("strides", 2, 2), word("auto_pad", "SAME_LOWER"))}, double, transposed(1)},
		"output_shape": {[]message{nine}, []message{node("ConvTranspose", []string{"x", "w"}, "y", integers("strides", 2, 2), integers("output_shape", 11, 15))},
			graph.Shape{C: 1, H: 11, W: 15}, transposed(1)},
		"nearest": {[]message{numbers("s", []uint64{2}, 2, 2)}, []message{node("Resize", []string{"x", "", "s"}, "y", integers("axes", 2, 3), word("nearest_mode", "round_prefer_ceil"))},
			graph.Shape{C: 4, H: 12, W: 16}, func(m *graph.Map, c, y, x int) float64 { return at(m, c, y/2, x/2) }},
		"dilated transposed": {[]message{numbers("w", []uint64{4, 1, 2, 2}, append(append(append(append([]float32{}, taps...), 0, 0, 0, 0), 0, 0, 0, 0), 0, 0, 0, 0)...)},
			[]message{node("ConvTranspose", []string{"x", "w"}, "y", integers("strides", 2, 2), integers("dilations", 3, 3), integers("output_padding", 1, 1))},
			graph.Shape{C: 1, H: 15, W: 19}, func(m *graph.Map, _, y, x int) float64 {
				sum := 0.0
				for i, w := range taps {
					if r, s := y-i/2*3, x-i%2*3; r >= 0 && s >= 0 && r%2 == 0 && s%2 == 0 && r/2 < m.H && s/2 < m.W {
						sum += float64(w) * at(m, 0, r/2, s/2)
					}
				}
				return sum
			}},
	} {
		t.Run(name, func(t *testing.T) {
			file := model(image("x", 1, 4, 6, 8), c.tensors, c.nodes...)
			tryMutated(t, file, nil, 200)
			n, err := load(file)
			if err != nil {
				t.Fatal(err)
			}
			in := graph.NewMap(same)
			r := rand.New(rand.NewPCG(1, 2))
			for i := range in.Pix {
				in.Pix[i] = float32(r.NormFloat64())
			}
			got, err := engine.NewPredictor(n.Graph, n.Weights, engine.Options{Threads: 1}).Predict(in)
			if err != nil {
				t.Fatal(err)
			}
			if got.Shape != c.shape {
				t.Fatalf("shape %v, want %v", got.Shape, c.shape)
			}
			for k := range got.C {
				for y := range got.H {
					for x := range got.W {
						want := c.want(in, k, y, x)
						if d := math.Abs(float64(got.At(k, y, x)) - want); !(d <= 1e-5*max(1, math.Abs(want))) {
							t.Fatalf("channel %d of (%d, %d) is %g, want %g", k, y, x, got.At(k, y, x), want)
						}
					}
				}
			}
		})
	}
}
