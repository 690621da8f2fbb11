package onnx

import (
	"fmt"

	"unetbench/graph"
)

// stacks says that a Concat puts maps one behind the other along an axis that
// none of them has, as torch.stack does.
func (c *call) stacks() bool {
	v, at := c.arg(0), int(c.int("axis", 0))
	return v != nil && v.isMap() && at >= 0 && at < len(v.axes) && v.axes[at] == '1'
}

// stack keeps the maps apart.
func stack(c *call) (*operand, error) {
	out := &operand{axes: c.arg(0).axes}
	for i := range c.in {
		x, err := c.image(i)
		if err != nil {
			return nil, err
		}
		if x.axes != out.axes {
			return nil, fmt.Errorf("maps of axes %s and %s are stacked", out.axes, x.axes)
		}
		out.stack = append(out.stack, x.node)
	}
	return out, nil
}

// reduceStack adds stacked maps up: what a feature pyramid does with its levels.
func reduceStack(c *call, v *operand) (*operand, error) {
	axes := c.ints("axes")
	if k := c.arg(1); k != nil {
		axes, _ = k.fixed()
	}
	at := -1
	if len(axes) == 1 {
		if at = axes[0]; at < 0 {
			at += len(v.axes)
		}
	}
	if at < 0 || at >= len(v.axes) || v.axes[at] != '1' || c.Op != "ReduceSum" && c.Op != "ReduceMean" {
		return nil, fmt.Errorf("%s along axes %v: only their sum or mean along that axis is known", v.what(), axes)
	}
	y := &operand{node: v.stack[0], axes: v.axes}
	if len(v.stack) > 1 {
		y = c.on(y, graph.Sum, graph.Node{}, v.stack...)
	}
	if c.Op == "ReduceMean" {
		y = c.scaled(y, 1/float64(len(v.stack)), 0)
	}
	if c.int("keepdims", 1) == 0 {
		y.axes = v.axes[:at] + v.axes[at+1:]
	}
	return y, nil
}
