package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"

	"unetbench/arch"
	"unetbench/bench"
	"unetbench/graph"
	"unetbench/internal/train"
)

// openNetwork rebuilds the network that a weights file belongs to.
func openNetwork(path string) (*graph.Graph, graph.Weights, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, nil, fmt.Errorf("--weights %s: does not exist; check the path", path)
	}
	ck, err := train.Load(path)
	if err != nil {
		return nil, nil, err
	}
	config, err := arch.FromDescription(ck.Meta)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w; use weights that compare saved", path, err)
	}
	variant, err := bench.Lookup(ck.Meta["arch"])
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w; use weights that compare saved", path, err)
	}
	g, err := variant.Build(config)
	if err != nil {
		return nil, nil, err
	}
	w, err := ck.Weights(g)
	return g, w, err
}

// randomNetwork builds an untrained network from arch, seed and the keys of
// arch.Describe; what is not said is as in the default comparison. It serves to
// measure time and memory, which do not depend on what the weights are.
func randomNetwork(said map[string]string) (*graph.Graph, graph.Weights, error) {
	settings := arch.Describe(arch.Default())
	settings["arch"], settings["seed"] = "padded", "1"
	for k, v := range said {
		if _, ok := settings[k]; !ok {
			return nil, nil, fmt.Errorf("--random: no setting %q; want some of %v", k, slices.Sorted(maps.Keys(settings)))
		}
		settings[k] = v
	}
	seed, err := strconv.ParseUint(settings["seed"], 10, 64)
	if err != nil {
		return nil, nil, fmt.Errorf("--random: seed %q: want 0 or a positive number", settings["seed"])
	}
	config, err := arch.FromDescription(settings)
	if err != nil {
		return nil, nil, fmt.Errorf("--random: %w", err)
	}
	variant, err := bench.Lookup(settings["arch"])
	if err != nil {
		return nil, nil, fmt.Errorf("--random: %w", err)
	}
	g, err := variant.Build(config)
	if err != nil {
		return nil, nil, err
	}
	return g, g.InitWeights(seed), nil
}
