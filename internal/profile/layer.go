package profile

import (
	"time"

	"unetbench/internal/engine"
)

// A Layer is one part of a pass over the batch: work, time, and the roof over
// both.
type Layer struct {
	Name       string  `json:"name"`
	Op         string  `json:"op"`
	Pass       string  `json:"pass"`
	Algorithm  string  `json:"algorithm,omitempty"`
	GMAC       float64 `json:"gmac"`
	Arithmetic float64 `json:"arithmetic_gmac"`
	Bytes      int64   `json:"bytes"`
	Seconds    float64 `json:"seconds"`
	GFLOPS     float64 `json:"gflops"`
	GBs        float64 `json:"gb_s"`
	Limit      string  `json:"limit"`
	LimitS     float64 `json:"limit_s"`
	Percent    float64 `json:"percent"`
}

// under sets the layer against the roofs.
func (l *Layer) under(r Roofs) {
	l.GFLOPS, l.GBs = ratio(2*l.GMAC, l.Seconds), ratio(float64(l.Bytes)/1e9, l.Seconds)
	l.Limit, l.LimitS = r.Limit(l.Arithmetic, float64(l.Bytes)/1e9)
	l.Percent = 100 * ratio(l.LimitS, l.Seconds)
}

// layers are what the latest pass, which took so many seconds, consisted of:
// the engine's parts and, in training, loss and optimiser; then the rest.
func (s *subject) layers(took float64) (all []Layer) {
	add := func(l Layer, t time.Duration) {
		l.Seconds = t.Seconds()
		took -= l.Seconds
		all = append(all, l)
	}
	logits := int64(s.batch * s.net.OutShape().Len())
	lost := s.stepper == nil
	for _, p := range s.net.Parts() {
		if p.Pass > engine.Forward && !lost {
			lost = true
			add(Layer{Name: "loss", Op: "cross-entropy", Pass: "loss", Bytes: 2 * 4 * logits}, s.stepper.Loss)
		}
		if s.stepper == nil && p.Pass == engine.Pack {
			continue // before the pass
		}
		add(Layer{Name: p.Name, Op: p.Op, Pass: p.Pass.String(), Algorithm: p.Algorithm,
			GMAC: float64(p.MACs) / 1e9, Arithmetic: float64(p.Arithmetic) / 1e9, Bytes: p.Bytes}, p.Time)
	}
	if s.stepper != nil {
		add(Layer{Name: "weights", Op: "Adam", Pass: "update", Bytes: s.updated()}, s.stepper.Adam)
	}
	// Inputs are copied in, outputs out, or gradients of outputs in. What
	// threads wait for each other outside of parts is here too.
	return append(all, Layer{Name: "input, output", Op: "copy", Pass: "other", Seconds: took,
		Bytes: 2 * 4 * (int64(s.batch*s.input.Len()) + logits)})
}

// updated is what one step of Adam must read and write: a weight's gradient,
// and itself, two moments and its average twice.
func (s *subject) updated() int64 {
	values := 0
	for _, p := range s.graph.Params {
		if p.Trainable {
			values += 9 * p.Len()
		} else {
			values += 3 * p.Len() // a running statistic, and its average twice
		}
	}
	return 4 * int64(values)
}
