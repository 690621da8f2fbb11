package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// A memory hands out slices of random numbers. Before each lie guard words:
// NaNs, so that a result that read one shows it. Behind it memory ends (see
// pages), so that any access there is a fault.
type memory struct {
	t      testing.TB
	random *rand.Rand
	slices []guarded
}

type guarded struct {
	all    []float32 // guards first
	before []float32 // a copy
	output bool
}

const guardWords = 24

var guard = math.Float32frombits(0x7fc0dead)

func newMemory(t testing.TB, seed uint64) *memory {
	return &memory{t: t, random: rand.New(rand.NewPCG(seed, 1))}
}

// input returns n random values that must not change.
func (m *memory) input(n int) []float32 { return m.slice(n, false) }

// output returns n random values that may.
func (m *memory) output(n int) []float32 { return m.slice(n, true) }

func (m *memory) slice(n int, output bool) []float32 {
	all := pages(m.t, guardWords+n)
	for i := range all {
		all[i] = guard
	}
	s := all[guardWords:]
	for i := range s {
		if s[i] = float32(m.random.NormFloat64()); m.random.IntN(8) == 0 {
			s[i] = 0 // ties in pools, edges of ReLUs
		}
	}
	m.slices = append(m.slices, guarded{all, append([]float32(nil), all...), output})
	return s
}

// keep takes the last slice as it is now for what must not change.
func (m *memory) keep() {
	s := &m.slices[len(m.slices)-1]
	s.before = append(s.before[:0], s.all...)
}

// check reports guards and inputs that have changed.
func (m *memory) check() {
	m.t.Helper()
	for k, s := range m.slices {
		for i := range s.all {
			if (i < guardWords || !s.output) && !same(s.all[i], s.before[i]) {
				m.t.Fatalf("slice %d of %d values: wrote %v at %d", k, len(s.all)-guardWords, s.all[i], i-guardWords)
			}
		}
	}
}

func same(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }
