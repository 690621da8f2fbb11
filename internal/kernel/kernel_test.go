package kernel

import (
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// known are the names of all implementations, whatever this machine can run.
var known = []string{"avx512", "avx2", "generic"}

// eachSet runs test for every implementation. One that this machine lacks is
// skipped, or fails where UNETBENCH_REQUIRE, a list of names, asks for it.
func eachSet(t *testing.T, test func(t *testing.T, s *Set)) {
	for _, name := range known {
		t.Run("kernel="+name, func(t *testing.T) {
			s, err := Named(name)
			if err == nil {
				test(t, s)
			} else if strings.Contains(","+os.Getenv("UNETBENCH_REQUIRE")+",", ","+name+",") {
				t.Fatalf("%v, but UNETBENCH_REQUIRE names it", err)
			} else {
				t.Skip(err)
			}
		})
	}
}

func TestLoops(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		for i, c := range cases() {
			m := newMemory(t, uint64(i))
			call := c.call(m)
			call.run(s)
			m.check()
			for k, got := range call.got {
				for i, w := range call.want[k] {
					if !close(got[i], w) {
						t.Fatalf("%s/%s: result %d [%d] is %v, want %v ± %.2g", c.op, c.shape, k, i, got[i], w.sum, w.slack())
					}
				}
			}
		}
	})
}

func close(got float32, want value) bool {
	return math.Abs(f(got)-want.sum) <= want.slack()
}

// A NaN must reach the loss, where training looks for it.
func TestNaN(t *testing.T) {
	nan := float32(math.NaN())
	eachSet(t, func(t *testing.T, s *Set) {
		x, one := []float32{1, nan, -1}, []float32{1}
		y := make([]float32, 3)
		s.ScaleShift(y, x, one, one, true)
		if y[0] != 2 || y[1] == y[1] || y[2] != 0 {
			t.Errorf("ScaleShift with ReLU of %v + 1 is %v", x, y)
		}
		s.Mul(&Product{A: x, LDA: 1, AStep: 1, B: one, BStep: 1, C: y, LDC: 1, Rows: 1, Depth: 1, M: 3, N: 1, ReLU: true})
		if y[0] != 1 || y[1] == y[1] || y[2] != 0 {
			t.Errorf("Mul with ReLU of %v is %v", x, y)
		}
	})
}

// A gradient whose square is not finite shows wherever it stands, and once it
// is in the moments in later steps too.
func TestAdamFinite(t *testing.T) {
	inf := float32(math.Inf(1))
	eachSet(t, func(t *testing.T, s *Set) {
		step := &AdamStep{Keep1: 0.9, Take1: 0.1, Keep2: 0.999, Take2: 0.001, Rate: 0.01, Scale: 5, Epsilon: 1e-8, Fresh: 0.2}
		for _, n := range []int{0, 1, 17, 101} {
			for at := range n + 1 {
				for _, bad := range []float32{float32(math.NaN()), inf, -inf, 1e30} {
					w, m, v, average, g := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
					for i := range g {
						g[i] = 1e18
					}
					if !s.Adam(w, m, v, average, g, step) {
						t.Fatalf("%d values: finite gradients are taken for broken", n)
					}
					if at == n {
						continue
					}
					g[at] = bad
					if s.Adam(w, m, v, average, g, step) {
						t.Fatalf("%d values: %v at %d is taken for finite", n, bad, at)
					}
					g[at] = 0
					if bad > 1e38 && s.Adam(w, m, v, average, g, step) {
						t.Fatalf("%d values: the moment at %d is infinite", n, at)
					}
				}
			}
		}
	})
}

func TestNamed(t *testing.T) {
	if s, err := Named(Best().Name); err != nil || s != Best() {
		t.Errorf("Named(%q) = %v, %v", Best().Name, s, err)
	}
	if _, err := Named("abacus"); err == nil || !strings.Contains(err.Error(), `kernel "abacus": this machine can run `) {
		t.Errorf("Named(abacus): %v", err)
	}
	if Sets[len(Sets)-1] != Generic {
		t.Error("the generic kernels are not the last resort")
	}
}

// hidden says which sets are missing under a GODEBUG setting: it is how one
// machine tests all paths.
var hidden = map[string]string{
	"cpu.avx512f=off": "avx512",
	"cpu.avx2=off":    "avx512,avx2",
}

func TestHidden(t *testing.T) {
	if names, ok := hidden[os.Getenv("GODEBUG")]; ok {
		for _, name := range strings.Split(names, ",") {
			if _, err := Named(name); err == nil {
				t.Errorf("%s is there", name)
			}
		}
		return
	}
	for setting := range hidden {
		cmd := exec.Command(os.Args[0], "-test.run=^TestHidden$")
		cmd.Env = append(os.Environ(), "GODEBUG="+setting)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", setting, err, out)
		}
	}
}
