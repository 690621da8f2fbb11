package data

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"unetbench/graph"
)

// numbered returns n examples of the size whose pixels tell their place.
func numbered(n, h, w, margin int) []Example {
	var out []Example
	for k := range n {
		e := Example{Name: fmt.Sprintf("e%d.png", k), H: h, W: w, Margin: margin,
			Image: graph.NewMap(graph.Shape{C: 2, H: h + 2*margin, W: w + 2*margin}), Labels: make([]uint8, h*w)}
		for i := range e.Image.Pix {
			e.Image.Pix[i] = float32(i)
		}
		for i := range e.Labels {
			e.Labels[i] = uint8(i % 251)
		}
		out = append(out, e)
	}
	return out
}

func TestSplitLastThird(t *testing.T) {
	for n, want := range map[int]int{4: 2, 5: 2, 6: 2, 8: 2, 9: 3, 10: 3, 12: 4, 30: 10} {
		examples := numbered(n, 2, 2, 0)
		slices.Reverse(examples)
		train, test, err := Split(examples, 100)
		if err != nil || len(test) != want || len(train) != n-want {
			t.Fatalf("%d: %d to train on, %d to test, %v", n, len(train), len(test), err)
		}
		if train[0].Name != "e0.png" || test[len(test)-1].Name != fmt.Sprintf("e%d.png", n-1) {
			t.Errorf("%d: not in name order", n)
		}
		if examples[0].Name == "e0.png" {
			t.Errorf("%d: the caller's slice was sorted", n)
		}
	}
}

func TestSplitHalves(t *testing.T) {
	for _, margin := range []int{0, 5} {
		train, test, err := Split(numbered(3, 70, 231, margin), 100)
		if err != nil || len(train) != 3 || len(test) != 3 {
			t.Fatal(len(train), len(test), err)
		}
		a, b := train[1], test[1]
		if a.Name != "e1.png[left]" || b.Name != "e1.png[right]" || a.W != 65 || b.W != 65 || a.H != 70 || a.Margin != 0 {
			t.Errorf("%s %v, %s %v", a.Name, a.Size(), b.Name, b.Size())
		}
		whole := numbered(3, 70, 231, margin)[1]
		for _, h := range []struct {
			Example
			left int
		}{{a, 0}, {b, 231 - 65}} {
			if got, want := h.Image.At(1, 3, 7), whole.Image.At(1, 3+margin, h.left+7+margin); got != want {
				t.Errorf("%s: pixel %v, want %v", h.Name, got, want)
			}
			if got, want := h.Labels[3*h.W+7], whole.Labels[3*231+h.left+7]; got != want {
				t.Errorf("%s: label %v, want %v", h.Name, got, want)
			}
		}
	}
	train, test, err := Split(numbered(1, 300, 200, 0), 107)
	if err != nil || train[0].Name != "e0.png[top]" || test[0].Name != "e0.png[bottom]" || train[0].H != 96 {
		t.Errorf("%v %v", train[0].Name, err)
	}
	var fault *Error
	if _, _, err := Split(numbered(2, 200, 200, 0), 107); !errors.As(err, &fault) || !strings.Contains(err.Error(), "e0.png: 200×200 px are too few for two halves 107 px apart") {
		t.Errorf("too small: %v", err)
	}
}
