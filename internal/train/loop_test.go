package train

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"unetbench/graph"
	"unetbench/internal/data"
)

// A logistic network predicts class 1 from the pixel alone: its logits are
// (0, weight·x + bias) over the window less border px on each side. Its
// gradients are obvious, so it tells faults of training from faults of the engine.
type logistic struct {
	in, border, batch int
	w                 graph.Weights
	input             []*graph.Map
	seeds             map[uint64]bool
	poison            int // step, counted from 1, at which the weights' gradient is NaN
	explode           int // step at which the logits are
	step              int
}

func logisticGraph() *graph.Graph {
	g := &graph.Graph{Name: "logistic"}
	g.Add("in", graph.Input, graph.Node{Channels: 1})
	for _, p := range []graph.Param{{Name: "head.weight", Trainable: true}, {Name: "head.bias", Trainable: true}, {Name: "norm.mean"}} {
		p.Shape = []int{1}
		g.AddParam(p)
	}
	return g
}

func newLogistic(in, border, batch int) *logistic {
	return &logistic{in: in, border: border, batch: batch, input: make([]*graph.Map, batch), seeds: map[uint64]bool{}}
}

func (n *logistic) SetWeights(w graph.Weights) { n.w = w }
func (n *logistic) SetSeed(seed uint64)        { n.seeds[seed] = true }
func (n *logistic) SetInput(i int, m *graph.Map) {
	n.input[i] = &graph.Map{Shape: m.Shape, Pix: append([]float32(nil), m.Pix...)}
}
func (n *logistic) Forward() { n.step++; n.w[2][0] = float32(n.step) }
func (n *logistic) OutShape() graph.Shape {
	return graph.Shape{C: 2, H: n.in - 2*n.border, W: n.in - 2*n.border}
}
func (n *logistic) pixel(i, y, x int) float32 { return n.input[i].At(0, y+n.border, x+n.border) }
func (n *logistic) Output(i int, dst *graph.Map) {
	for j := range dst.Plane(1) {
		dst.Plane(1)[j] = n.w[0][0]*n.pixel(i, j/dst.W, j%dst.W) + n.w[1][0]
		if n.step == n.explode {
			dst.Plane(1)[j] = float32(math.Inf(1))
		}
	}
}
func (n *logistic) Backward(dout []*graph.Map) graph.Weights {
	g := graph.Weights{{0}, {0}, {0}}
	for i, d := range dout {
		for j, v := range d.Plane(1) {
			g[0][0] += v * n.pixel(i, j/d.W, j%d.W)
			g[1][0] += v
		}
	}
	if n.step == n.poison {
		g[0][0] = float32(math.NaN())
	}
	return g
}

// bright is a set of images whose label is whether the pixel is above 0.5.
func bright() []data.Example {
	var set []data.Example
	for i := range 3 {
		ex := data.Example{Name: "bright", H: 40 + i, W: 37, Labels: make([]uint8, (40+i)*37),
			Image: graph.NewMap(graph.Shape{C: 1, H: 40 + i, W: 37})}
		for j := range ex.Labels {
			v := math.Sin(float64(j*j%97 + i))
			ex.Image.Pix[j] = float32(v)
			if v > 0.5 {
				ex.Labels[j] = 1
			}
		}
		set = append(set, ex)
	}
	return set
}

func toyJob() Job {
	r := DefaultRecipe()
	r.Steps, r.Patch, r.Rate, r.Block = 120, 16, 0.2, 5
	return Job{Graph: logisticGraph(), Examples: bright(), Window: Window{In: 24, Out: 16}, Recipe: r, Seed: 5}
}

func TestLoopLearns(t *testing.T) {
	job := toyJob()
	var steps []int
	job.Progress = func(step int, loss float64) { steps = append(steps, step) }
	net := newLogistic(24, 2, 2) // output 20, of which 16 are supervised
	result, err := job.loop(context.Background(), net, graph.Weights{{0}, {0}, {0}})
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) != 120 || steps[0] != 1 || steps[119] != 120 {
		t.Errorf("progress was called for steps %v", steps)
	}
	if len(net.seeds) != 120 {
		t.Errorf("%d dropout seeds in 120 steps", len(net.seeds))
	}
	if len(result.Curve) != 24 || result.Curve[23].Step != 120 {
		t.Fatalf("curve %v", result.Curve)
	}
	if first, last := result.Curve[0].Loss, result.Curve[23].Loss; last > 0.4*first {
		t.Errorf("loss fell from %v to %v only", first, last)
	}
	if !Alive(result.Curve, result.Chance) {
		t.Errorf("not alive at chance %v: %v", result.Chance, result.Curve)
	}
	if w := result.Weights; w[0][0] < 4 || w[1][0] > -2 || math.Abs(float64(-w[1][0]/w[0][0])-0.5) > 0.2 {
		t.Errorf("weights %v do not part the pixels at 0.5", w)
	}
	if mean := result.Weights[2][0]; mean < 90 || mean > 119 {
		t.Errorf("the running statistic's average is %v, want it to follow 1 … 120", mean)
	}
}

// TestLoopWeights: a pixel that weighs w counts as w pixels: where the pixels do
// not tell the class, the bias settles at the weighted odds.
func TestLoopWeights(t *testing.T) {
	job := toyJob()
	job.Recipe.Steps = 400
	for i := range job.Examples {
		ex := &job.Examples[i]
		m := make([]float32, len(ex.Labels))
		for j := range ex.Labels {
			ex.Image.Pix[j], ex.Labels[j], m[j] = 0, uint8(j%4/3), 1 // one in four
			if ex.Labels[j] == 1 {
				m[j] = 6
			}
		}
		job.Weights = append(job.Weights, m)
	}
	result, err := job.loop(context.Background(), newLogistic(24, 4, 2), graph.Weights{{0}, {0}, {0}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := float64(result.Weights[1][0]), math.Log(2); math.Abs(got-want) > .15 {
		t.Errorf("log odds %v, want %v", got, want)
	}
	last := result.Curve[len(result.Curve)-1].Loss
	if math.Abs(last-result.Chance) > .1*result.Chance || Alive(result.Curve, result.Chance) {
		t.Errorf("loss %v, of a constant prediction %v", last, result.Chance)
	}
}

// TestLoopDead: labels that the pixels do not tell leave the loss at chance.
func TestLoopDead(t *testing.T) {
	job := toyJob()
	for i := range job.Examples {
		for j := range job.Examples[i].Labels {
			job.Examples[i].Labels[j] = uint8(j * j * 31 / 7 % 5 / 4)
		}
	}
	result, err := job.loop(context.Background(), newLogistic(24, 4, 2), graph.Weights{{0}, {0}, {0}})
	if err != nil {
		t.Fatal(err)
	}
	if Alive(result.Curve, result.Chance) {
		t.Errorf("alive at chance %v: %v", result.Chance, result.Curve)
	}
}

func TestLoopNamesStep(t *testing.T) {
	for name, spoil := range map[string]func(*logistic){
		"the gradient of head.weight overflows": func(n *logistic) { n.poison = 17 },
		"the loss is NaN":                       func(n *logistic) { n.explode = 17 },
	} {
		job := toyJob()
		net := newLogistic(24, 4, 2)
		spoil(net)
		_, err := job.loop(context.Background(), net, graph.Weights{{0}, {0}, {0}})
		var diverged *DivergedError
		if !errors.As(err, &diverged) || diverged.Step != 17 {
			t.Fatalf("%s: error %v, want one at step 17", name, err)
		}
		if !strings.Contains(err.Error(), "at step 17: "+name) || !strings.Contains(err.Error(), "lower the rate (0.2)") {
			t.Errorf("error %q names neither cause nor remedy", err)
		}
	}
}

func TestLoopCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	job := toyJob()
	last := 0
	job.Progress = func(step int, _ float64) {
		if last = step; step == 7 {
			cancel()
		}
	}
	_, err := job.loop(ctx, newLogistic(24, 4, 2), graph.Weights{{0}, {0}, {0}})
	if !errors.Is(err, context.Canceled) || last != 7 {
		t.Errorf("error %v after step %d, want context.Canceled after 7", err, last)
	}
}

func TestJobErrors(t *testing.T) {
	for want, spoil := range map[string]func(*Job){
		"recipe: 0 steps":            func(j *Job) { j.Recipe.Steps = 0 },
		"window 25/16":               func(j *Job) { j.Window.In = 25 },
		"no images":                  func(j *Job) { j.Examples = nil },
		"bright: image is 1×40×37":   func(j *Job) { j.Graph.Input().Channels = 3 },
		"row 1, column 3 is NaN":     func(j *Job) { j.Examples[1].Image.Pix[40] = float32(math.NaN()) },
		"labels for a field":         func(j *Job) { j.Examples[0].Labels = nil },
		"label 2 at row 0, column 9": func(j *Job) { j.Examples[2].Labels[9] = 2 },
		"2 weight maps for 3 images": func(j *Job) { j.Weights = make([][]float32, 2) },
		"0 weights for a field":      func(j *Job) { j.Weights = make([][]float32, 3) },
		"displacements of -1 px":     func(j *Job) { j.Recipe.Elastic = -1 },
		"elastic grid of 0 px":       func(j *Job) { j.Recipe.Elastic = 1 },
		"does not hold a centred":    func(j *Job) { j.Window.Out, j.Window.In = 24, 24 },
	} {
		job := toyJob()
		spoil(&job)
		err := job.check()
		if err == nil {
			_, err = job.loop(context.Background(), newLogistic(24, 4, 2), graph.Weights{{0}, {0}, {0}})
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v, want one line with %q", err, want)
		}
	}
}
