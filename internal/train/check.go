package train

import (
	"fmt"

	"unetbench/graph"
	"unetbench/internal/data"
)

// check says what is wrong with a job before anything is spent on it.
func (job *Job) check() error {
	if err := job.Recipe.Validate(); err != nil {
		return err
	}
	if err := job.Window.Check(job.Recipe.Patch); err != nil {
		return err
	}
	if len(job.Examples) == 0 {
		return fmt.Errorf("no images to train on")
	}
	for i := range job.Examples {
		if err := checkExample(&job.Examples[i], job.Graph.Input().Channels); err != nil {
			return err
		}
	}
	if job.Weights == nil {
		return nil
	}
	if len(job.Weights) != len(job.Examples) {
		return fmt.Errorf("%d weight maps for %d images", len(job.Weights), len(job.Examples))
	}
	for i, m := range job.Weights {
		if ex := &job.Examples[i]; len(m) != len(ex.Labels) {
			return fmt.Errorf("%s: %d weights for a field of view of %d×%d px", ex.Name, len(m), ex.H, ex.W)
		}
	}
	return nil
}

func checkExample(ex *data.Example, channels int) error {
	m := ex.Image
	want := graph.Shape{C: channels, H: ex.H + 2*ex.Margin, W: ex.W + 2*ex.Margin}
	if m.Shape != want {
		return fmt.Errorf("%s: image is %v, but the network and the field of view %d×%d want %v", ex.Name, m.Shape, ex.H, ex.W, want)
	}
	if len(ex.Labels) != ex.H*ex.W || len(ex.Labels) == 0 {
		return fmt.Errorf("%s: %d labels for a field of view of %d×%d px", ex.Name, len(ex.Labels), ex.H, ex.W)
	}
	for i, v := range m.Pix {
		if v-v != 0 {
			return fmt.Errorf("%s: the value at row %d, column %d is %g: mend the image", ex.Name, i/m.W%m.H, i%m.W, v)
		}
	}
	return nil
}

// checkOutput says whether the window and the labels fit what the network gives.
func (job *Job) checkOutput(out graph.Shape) error {
	w := job.Window
	for _, n := range []int{out.H, out.W} {
		if n < w.Out || (n-w.Out)%2 != 0 {
			return fmt.Errorf("%s: window %v: the network's output of %v does not hold a centred %d×%d: supervise fewer pixels, or one more or less",
				job.Graph.Name, w, out, w.Out, w.Out)
		}
	}
	for i := range job.Examples {
		for j, l := range job.Examples[i].Labels {
			if int(l) >= out.C {
				return fmt.Errorf("%s: label %d at row %d, column %d, but the network has %d classes: raise the number of classes, or mend the mask",
					job.Examples[i].Name, l, j/job.Examples[i].W, j%job.Examples[i].W, out.C)
			}
		}
	}
	return nil
}
