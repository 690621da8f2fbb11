package ort

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"unetbench/graph"
)

func TestLayoutOf(t *testing.T) {
	for _, c := range []struct {
		dims []int
		like layout
		want layout
	}{
		{[]int{-1, 1, -1, -1}, nchw, nchw},
		{[]int{-1, -1, -1, 3}, nchw, nhwc},
		{[]int{1, 3, 96, 144}, nchw, nchw},
		{[]int{1, 96, 144, 3}, nchw, nhwc},
		{[]int{1, 3, 96, 3}, nhwc, nhwc}, // either
		{[]int{-1, -1, -1, -1}, nhwc, nhwc},
		{[]int{1, -1, 64, 96}, nchw, nchw}, // a size without channels
		{[]int{1, 64, 96, -1}, nhwc, nhwc},
		{[]int{1, 2, 64, -1}, nchw, nchw},  // a fixed height
		{[]int{-1, 2, -1, -1}, nhwc, nchw}, // TensorFlow's converter can turn the input alone
	} {
		if got, err := layoutOf(Value{"x", c.dims}, c.like); err != nil || got != c.want {
			t.Errorf("%v like %v: %v, %v; want %v", c.dims, c.like, got, err, c.want)
		}
	}
	for _, dims := range [][]int{{1, 1, 8}, {1, 1, 8, 8, 8}, {2, 1, 8, 8}} {
		if _, err := layoutOf(Value{"x", dims}, nchw); err == nil {
			t.Errorf("%v is taken for one map", dims)
		}
	}
}

// TestLayoutRoundTrip: a map comes out of either order as it went in, and
// channels-last has each pixel's channels together.
func TestLayoutRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.IntRange(1, 5)
		m := graph.NewMap(graph.Shape{C: side.Draw(t, "c"), H: side.Draw(t, "h"), W: side.Draw(t, "w")})
		for i := range m.Pix {
			m.Pix[i] = float32(i)
		}
		for _, l := range []layout{nchw, nhwc} {
			p := l.pack(m)
			got, err := l.unpack(p)
			if err != nil || got.Shape != m.Shape {
				t.Fatalf("%v: %v, %v", l, got, err)
			}
			for i, v := range got.Pix {
				if v != m.Pix[i] {
					t.Fatalf("%v: %v became %v", l, m.Pix, got.Pix)
				}
			}
			if c, x := m.C-1, m.W-1; l == nhwc && p.pix[x*m.C+c] != m.At(c, 0, x) {
				t.Fatalf("%v is not channels last", p.pix)
			}
		}
	})
}

// An echo is a model that gives back what it is given.
type echo struct {
	err    error
	dims   []int64
	closed int
}

func (e *echo) run(x tensor) (tensor, error) {
	if e.dims != nil {
		x.dims = e.dims
	}
	return x, e.err
}

func (e *echo) close() { e.closed++ }

func TestPredictErrors(t *testing.T) {
	grey := graph.Shape{C: 1, H: 8, W: 12}
	for _, c := range []struct {
		name  string
		in    []int
		model echo
		image graph.Shape
		want  string
	}{
		{"channels", []int{1, 3, -1, -1}, echo{}, grey, "m.onnx: the image has 1 channels, the model wants 3"},
		{"fixed size", []int{1, 1, 8, 8}, echo{}, grey, "m.onnx: the input is 8×12 px, but the model takes 1×1×8×8 only; export it with dynamic height and width, or use tiles of that size"},
		{"fixed height", []int{-1, 1, 16, -1}, echo{}, grey, "the input is 8×12 px, but the model takes ?×1×16×? only"},
		{"failure", []int{-1, 1, -1, -1}, echo{err: errors.New("broken")}, grey, "m.onnx: input of 1×8×12: broken"},
		{"no map", []int{-1, 1, -1, -1}, echo{dims: []int64{1, 96}}, grey, "output y: has shape [1 96]; want one map"},
	} {
		s := &Session{path: "m.onnx", model: &c.model, Input: Value{"x", c.in}, Output: Value{"y", c.in}}
		if _, err := s.Predict(graph.NewMap(c.image)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
}

func TestClose(t *testing.T) {
	e := &echo{}
	s := &Session{path: "m.onnx", model: e, Input: Value{"x", []int{-1, -1, -1, -1}}, Output: Value{"y", []int{-1, -1, -1, -1}}}
	m := graph.NewMap(graph.Shape{C: 2, H: 3, W: 4})
	if got, err := s.Predict(m); err != nil || got.Shape != m.Shape {
		t.Fatal(got, err)
	}
	s.Close()
	s.Close()
	if e.closed != 1 {
		t.Errorf("closed %d times", e.closed)
	}
	if _, err := s.Predict(m); err == nil || err.Error() != "m.onnx: is closed" {
		t.Error(err)
	}
}
