package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/engine"
	"unetbench/internal/onnx"
	"unetbench/internal/ort"
	"unetbench/internal/tile"
)

// sourceFlags say which network predicts, and what runs it.
type sourceFlags struct {
	weights, model, output string
	random                 map[string]string
	engine                 engineFlags
	normalise              string
}

func (s *sourceFlags) register(f *pflag.FlagSet) {
	f.StringVar(&s.weights, "weights", "", "weights file (.safetensors) that compare saved; this, --model or --random is required")
	f.StringVar(&s.model, "model", "", "ONNX file instead, of anyone's network")
	f.StringToStringVar(&s.random, "random", nil, "an untrained network instead, to measure with: arch=padded,pools=3,width=8,norm=none,seed=1 …")
	f.StringVar(&s.output, "output", "", "the tensor of --model to take (default: its first output)")
	s.engine.register(f)
	f.StringVar(&s.normalise, "normalise", "unit", "pixels for --model: unit (0 … 1), zscore (each channel's mean 0, deviation 1), clipped (zscore within ±4: what compare trains on, and the default for what unetbench exported), imagenet (its means and deviations), none (as in the file)")
}

// A network is what predicts.
type network struct {
	graph         *graph.Graph
	weights       graph.Weights
	session       *ort.Session // runs it; nil: our own engine
	normalisation data.Normalisation
	foreign       bool       // not one of our variants
	channelsLast  bool       // the file's input is N×H×W×C
	fixed         graph.Size // the only one that the file accepts; 0 where it is free
}

// open reads the network that the flags name.
func (s *sourceFlags) open(c *cobra.Command, threads int) (*network, error) {
	given := 0
	for _, is := range []bool{s.weights != "", s.model != "", s.random != nil} {
		if is {
			given++
		}
	}
	if given != 1 {
		return nil, errors.New("--weights: name the .safetensors file that compare saved under weights/, or an ONNX file with --model (or, to measure only, describe an untrained network with --random)")
	}
	if s.model != "" {
		return s.openModel(c, threads)
	}
	for _, flag := range []string{"output", "engine", "device", "ort-library", "normalise"} {
		if c.Flags().Changed(flag) {
			return nil, fmt.Errorf("--%s is for --model: our own weights say how they are run", flag)
		}
	}
	n := &network{}
	var err error
	if s.random != nil {
		n.graph, n.weights, err = randomNetwork(s.random)
	} else {
		n.graph, n.weights, err = openNetwork(s.weights)
	}
	return n, err
}

func (s *sourceFlags) openModel(c *cobra.Command, threads int) (*network, error) {
	if _, err := os.Stat(s.model); err != nil {
		return nil, fmt.Errorf("--model %s: does not exist; check the path", s.model)
	}
	native, err := s.engine.native()
	if err != nil {
		return nil, err
	}
	n := &network{foreign: true}
	if n.normalisation, err = data.ParseNormalisation(s.normalise); err != nil {
		return nil, fmt.Errorf("--normalise: %w", err)
	}
	m, err := onnx.LoadWith(s.model, onnx.Options{Output: s.output})
	if err != nil {
		return nil, err
	}
	n.graph, n.weights, n.fixed, n.channelsLast = m.Graph, m.Weights, m.Fixed, m.NHWC
	if !c.Flags().Changed("normalise") && strings.HasPrefix(m.Producer, "unetbench") {
		n.normalisation = data.Clipped
	}
	if native {
		return n, nil
	}
	for _, flag := range []string{"exact", "kernel"} {
		if c.Flags().Changed(flag) {
			return nil, fmt.Errorf("--%s is for --engine native: ONNX Runtime chooses for itself", flag)
		}
	}
	n.session, err = s.engine.open(s.model, s.output, threads)
	return n, err
}

// read reads an image as the network wants it.
func (n *network) read(file string) (*graph.Map, error) {
	if n.foreign {
		return data.ReadImage(file, n.graph.Input().Channels, n.normalisation)
	}
	return data.LoadImage(file, n.graph.Input().Channels)
}

// only is the size that the network is bound to; an axis is 0 if it is free.
func (n *network) only() graph.Size {
	if n.session == nil {
		return graph.Size{}
	}
	return n.session.Size()
}

// crew makes so many predictors, to run side by side.
func (n *network) crew(count int, o engine.Options) (ps []tile.Predictor) {
	for range count {
		if n.session != nil {
			ps = append(ps, n.session)
		} else {
			ps = append(ps, engine.NewPredictor(n.graph, n.weights, o))
		}
	}
	return ps
}

// engine names what runs the network.
func (n *network) engine(o engine.Options) string {
	if n.session != nil {
		return "ONNX Runtime " + n.session.Version
	}
	return o.Kernel.Name
}

func (n *network) close() {
	if n.session != nil {
		n.session.Close()
	}
}

// probabilities reports whether the output is probabilities, not logits.
func (n *network) probabilities() bool {
	o := n.graph.Output()
	for o.Op == graph.Resize || o.Op == graph.Crop || o.Op == graph.Pointwise && o.Func == graph.Identity {
		o = o.In[0]
	}
	return o.Op == graph.Softmax || o.Op == graph.Pointwise && o.Func == graph.Sigmoid
}
