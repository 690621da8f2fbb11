package profile

import (
	"sync"
	"time"

	"unetbench/internal/kernel"
)

// Roofs are what the machine can do at best (Williams, Waterman and Patterson
// 2009), with as many threads as the network had.
type Roofs struct {
	GFLOPS float64 `json:"gflops"` // multiply-adds in registers
	GBs    float64 `json:"gb_s"`   // memory read and written
}

// Limit is the roof over an amount of work, in 10⁹ multiply-adds and bytes, and
// the seconds that it would take under that roof alone.
func (r Roofs) Limit(gmac, gb float64) (name string, seconds float64) {
	arithmetic, memory := ratio(2*gmac, r.GFLOPS), ratio(gb, r.GBs)
	if arithmetic >= memory {
		return "arithmetic", arithmetic
	}
	return "memory", memory
}

// arithmetic is the best of several short loops of the set's multiply-adds.
func arithmetic(k *kernel.Set, threads int) (gflops float64) {
	turns, loops := 1000, 7
	operations := float64(threads) * k.MultiplyAdds(turns)
	for loops > 0 {
		s := together(threads, func(int) { k.MultiplyAdds(turns) })
		if s < 3e-3 { // too short to outlast the start of a thread
			turns, operations = 2*turns, 2*operations
			continue
		}
		gflops = max(gflops, operations/s/1e9)
		loops--
	}
	return gflops
}

// streamed is the size of each of the two buffers, shared out among the
// threads: much larger than any cache that a few threads have.
const streamed = 128 << 20

// bandwidth is the best of several passes of dst += src: two floats read and
// one written per value, dst in place, so that every byte is counted.
func bandwidth(k *kernel.Set, threads int) (gbs float64) {
	n := streamed / 4 / threads
	dst, src := make([]float32, n*threads), make([]float32, n*threads)
	for range 10 { // the first maps the memory
		s := together(threads, func(i int) { k.Add(dst[i*n:(i+1)*n], src[i*n:(i+1)*n]) })
		gbs = max(gbs, 3*4*float64(n*threads)/s/1e9)
	}
	return gbs
}

// together runs f on so many threads at once and returns the seconds until the
// last is done.
func together(threads int, f func(i int)) float64 {
	var done sync.WaitGroup
	began := time.Now()
	for i := range threads {
		done.Go(func() { f(i) })
	}
	done.Wait()
	return time.Since(began).Seconds()
}
