package onnx

import (
	"fmt"
	"slices"

	"unetbench/graph"
)

// perChannel are n constants of operand i.
func (c *call) perChannel(i, n int) ([]float32, error) {
	t, err := c.constant(i)
	if err != nil {
		return nil, err
	}
	if len(t.Floats) != n {
		return nil, fmt.Errorf("operand %d has %d constants: want %d, one per channel", i, len(t.Floats), n)
	}
	return t.Floats, nil
}

func batchNorm(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	if c.int("training_mode", 0) != 0 {
		return nil, fmt.Errorf("it takes its statistics from the batch, as in training: export the network in evaluation mode")
	}
	n := graph.Node{Epsilon: c.float("epsilon", 1e-5)}
	for i := 1; i <= 4; i++ {
		v, err := c.perChannel(i, c.channels[x.node])
		if err != nil {
			return nil, err
		}
		n.Params = append(n.Params, c.param(c.In[i], []int{len(v)}, v, i <= 2))
	}
	return c.on(x, graph.Norm, n), nil
}

func instanceNorm(c *call) (*operand, error) {
	x := c.arg(0)
	if x == nil || !x.isMap() {
		return nil, errMissing
	}
	n := graph.Node{Stats: graph.InstanceStatistics, Epsilon: c.float("epsilon", 1e-5)}
	channels := c.channels[x.node]
	each := 1 // channels that share scale and shift
	if x.groups > 0 {
		n.Stats, n.Groups = graph.GroupStatistics, x.groups
		each = channels / x.groups
	}
	for i := 1; i <= 2; i++ {
		v, err := c.perChannel(i, channels/each)
		if err != nil {
			return nil, err
		}
		all := make([]float32, 0, channels)
		for _, s := range v {
			all = append(all, slices.Repeat([]float32{s}, each)...)
		}
		n.Params = append(n.Params, c.param(c.In[i], []int{channels}, all, true))
	}
	y := c.on(x, graph.Norm, n)
	y.groups = x.groups
	return y, nil
}

// groupNorm is opset 18's, with scale and bias per group, or 21's, per channel.
func groupNorm(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	groups, channels := int(c.int("num_groups", 0)), c.channels[x.node]
	if groups < 1 || channels%groups != 0 {
		return nil, fmt.Errorf("%d groups of %d channels", groups, channels)
	}
	n := graph.Node{Stats: graph.GroupStatistics, Groups: groups, Epsilon: c.float("epsilon", 1e-5)}
	for i := 1; i <= 2; i++ {
		t, err := c.constant(i)
		if err != nil {
			return nil, err
		}
		v := t.Floats
		if len(v) == groups && len(v) != channels {
			v = nil
			for _, s := range t.Floats {
				v = append(v, slices.Repeat([]float32{s}, channels/groups)...)
			}
		}
		if len(v) != channels {
			return nil, fmt.Errorf("operand %d has %d constants: want %d", i, len(v), channels)
		}
		n.Params = append(n.Params, c.param(c.In[i], []int{channels}, v, true))
	}
	return c.on(x, graph.Norm, n), nil
}
