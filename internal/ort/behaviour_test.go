//go:build ort

package ort_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"unetbench/graph"
	"unetbench/internal/ort"
)

// ramp counts up from −8.
func ramp(c, h, w int) *graph.Map {
	m := graph.NewMap(graph.Shape{C: c, H: h, W: w})
	for i := range m.Pix {
		m.Pix[i] = float32(i - 8)
	}
	return m
}

// TestLayouts: what a model says of its axes decides how a map goes in and out.
func TestLayouts(t *testing.T) {
	for _, c := range []struct {
		name     string
		in, out  []int
		channels int
		size     graph.Size
	}{
		{"free", []int{0, 2, 0, 0}, []int{0, 2, 0, 0}, 2, graph.Size{}},
		{"channels last", []int{0, 0, 0, 2}, []int{0, 0, 0, 2}, 2, graph.Size{}},
		{"nothing said", []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, 0, graph.Size{}},
		{"fixed", []int{1, 2, 5, 7}, []int{1, 2, 5, 7}, 2, graph.Size{H: 5, W: 7}},
		{"fixed, channels last", []int{1, 5, 7, 2}, []int{1, 5, 7, 2}, 2, graph.Size{H: 5, W: 7}},
		{"fixed height", []int{0, 2, 5, 0}, []int{0, 2, 5, 0}, 2, graph.Size{H: 5}},
	} {
		s := open(t, tiny(t, "Relu", []string{"x"}, []port{{"x", float32Type, c.in}}, port{"y", float32Type, c.out}), ort.Options{})
		if s.Channels() != c.channels || s.Size() != c.size {
			t.Errorf("%s: %d channels, %v px", c.name, s.Channels(), s.Size())
		}
		x := ramp(2, 5, 7)
		y, err := s.Predict(x)
		if err != nil || y.Shape != x.Shape {
			t.Fatalf("%s: %v, %v", c.name, y, err)
		}
		for i, v := range y.Pix {
			if v != max(x.Pix[i], 0) {
				t.Fatalf("%s: %g became %g", c.name, x.Pix[i], v)
			}
		}
	}
}

// TestOutput: of several outputs the one that is named, or else the first.
func TestOutput(t *testing.T) {
	path := tiny(t, "Split", []string{"x"}, []port{free("x", 2)}, free("y", 1), free("z", 1))
	for name, first := range map[string]float32{"": -8, "y": -8, "z": -2} {
		s := open(t, path, ort.Options{Output: name})
		y, err := s.Predict(ramp(2, 2, 3))
		if err != nil || y.Pix[0] != first {
			t.Errorf("output %q: %v, %v; want %g first", name, y, err, first)
		}
	}
}

// TestRefused: models and inputs that do not fit, with ONNX Runtime's own words
// where it refuses them.
func TestRefused(t *testing.T) {
	requireLibrary(t)
	cut := tiny(t, "Relu", []string{"x"}, []port{free("x", 1)}, free("y", 1))
	whole, err := os.ReadFile(cut)
	if err != nil {
		t.Fatal(err)
	}
	write(t, cut, string(whole[:len(whole)-20]))
	for _, c := range []struct{ name, path, want string }{
		{"missing", "none.onnx", "none.onnx: does not exist; check the path"},
		{"empty", write(t, filepath.Join(t.TempDir(), "e.onnx"), ""), "e.onnx: ONNX Runtime: "},
		{"text", write(t, filepath.Join(t.TempDir(), "t.onnx"), "no model"), "t.onnx: ONNX Runtime: "},
		{"cut off", cut, "tiny.onnx: ONNX Runtime: "},
		{"unknown op", tiny(t, "Nonsense", []string{"x"}, []port{free("x", 1)}, free("y", 1)), "Nonsense"},
		{"two inputs", tiny(t, "Add", []string{"a", "b"}, []port{free("a", 1), free("b", 1)}, free("y", 1)), `the model has 2 inputs ["a" "b"]; want one, the image`},
		{"integers", tiny(t, "Abs", []string{"x"}, []port{{"x", int64Type, []int{1, 1, 0, 0}}}, port{"y", int64Type, []int{1, 1, 0, 0}}), "input x: is of int64; export the model with float32 inputs and outputs"},
		{"volume", tiny(t, "Relu", []string{"x"}, []port{{"x", float32Type, []int{1, 1, 0, 0, 0}}}, port{"y", float32Type, []int{1, 1, 0, 0, 0}}), "x is 1×1×?×?×?, of 5 axes; want batch, channels, height and width"},
		{"batch", tiny(t, "Relu", []string{"x"}, []port{{"x", float32Type, []int{4, 1, 0, 0}}}, port{"y", float32Type, []int{4, 1, 0, 0}}), "a batch of 4"},
	} {
		if _, err := ort.Open(c.path, ort.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
	if _, err := ort.Open(tiny(t, "Relu", []string{"x"}, []port{free("x", 1)}, free("y", 1)), ort.Options{Device: "tpu"}); err == nil || err.Error() != `device "tpu": want cpu or cuda` {
		t.Error(err)
	}
	split := tiny(t, "Split", []string{"x"}, []port{free("x", 2)}, free("y", 1), free("z", 1))
	if _, err := ort.Open(split, ort.Options{Output: "w"}); err == nil || !strings.Contains(err.Error(), `no output "w" for ONNX Runtime to give; it has ["y" "z"]`) {
		t.Error(err)
	}
	s := open(t, tiny(t, "Add", []string{"x", "k"}, []port{free("x", 1)}, free("y", 1)), ort.Options{})
	if _, err := s.Predict(ramp(1, 4, 4)); err != nil {
		t.Error(err)
	}
	if _, err := s.Predict(ramp(1, 5, 4)); err == nil || !strings.Contains(err.Error(), "tiny.onnx: input of 1×5×4: ONNX Runtime: ") {
		t.Error(err)
	}
}

// TestCUDAAbsent: without CUDA, what to do about it is said.
func TestCUDAAbsent(t *testing.T) {
	requireLibrary(t)
	s, err := ort.Open(tiny(t, "Relu", []string{"x"}, []port{free("x", 1)}, free("y", 1)), ort.Options{Device: "cuda"})
	if err == nil {
		s.Close()
		t.Skip("this machine has CUDA")
	}
	if !strings.Contains(err.Error(), "device cuda: ") {
		t.Error(err)
	}
}

// TestConcurrent: a session serves several goroutines at once.
func TestConcurrent(t *testing.T) {
	s := open(t, tiny(t, "Add", []string{"x", "k"}, []port{free("x", 3)}, free("y", 3)), ort.Options{Threads: 2})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 50 {
				x := ramp(3, 4, 4)
				for j := range x.Pix {
					x.Pix[j] += float32(100 * i)
				}
				y, err := s.Predict(x)
				if err != nil || y.Pix[5] != x.Pix[5]+1 {
					t.Errorf("%v, %v", y, err)
					return
				}
			}
		})
	}
	all.Wait()
}

// resident is the process's resident set, bytes.
func resident(t *testing.T) int {
	debug.FreeOSMemory() // what Go has collected
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc to read the resident set from")
	}
	for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
		var kb int
		if n, _ := fmt.Sscanf(lines.Text(), "VmRSS: %d kB", &kb); n == 1 {
			return kb << 10
		}
	}
	t.Skip("no VmRSS")
	return 0
}

// TestMemory: neither predictions nor failures nor sessions leave memory behind.
func TestMemory(t *testing.T) {
	requireLibrary(t)
	relu := tiny(t, "Relu", []string{"x"}, []port{free("x", 1)}, free("y", 1))
	s := open(t, relu, ort.Options{Threads: 1})
	failing := open(t, tiny(t, "Add", []string{"x", "k"}, []port{free("x", 1)}, free("y", 1)), ort.Options{Threads: 1})
	x := ramp(1, 256, 256) // 256 KiB, and as much out
	for _, c := range []struct {
		name string
		runs int
		do   func() error
	}{
		{"predictions", 1000, func() error { _, err := s.Predict(x); return err }},
		{"failures", 1000, func() error {
			if _, err := failing.Predict(x); err == nil {
				return fmt.Errorf("256×256 plus 4×4 is no error")
			}
			return nil
		}},
		{"sessions", 300, func() error {
			s, err := ort.Open(relu, ort.Options{Threads: 1})
			if err == nil {
				s.Close()
			}
			return err
		}},
	} {
		for range 50 {
			if err := c.do(); err != nil {
				t.Fatal(err)
			}
		}
		before := resident(t)
		for range c.runs {
			if err := c.do(); err != nil {
				t.Fatal(err)
			}
		}
		grown := resident(t) - before
		t.Logf("%s: %d bytes each", c.name, grown/c.runs)
		if grown > 12<<20 {
			t.Errorf("%d %s leave %d MiB behind", c.runs, c.name, grown>>20)
		}
	}
}
