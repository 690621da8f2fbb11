package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"unetbench/internal/kernel"
)

// kernelFlag is the name of the inner loops to use.
type kernelFlag string

func (k *kernelFlag) register(f *pflag.FlagSet) {
	var names string
	for i, s := range kernel.Sets {
		if i > 0 {
			names += ", "
		}
		names += s.Name
	}
	f.StringVar((*string)(k), "kernel", "", "inner loops: "+names+" (default the first)")
}

func (k kernelFlag) set() (*kernel.Set, error) {
	if k == "" {
		return kernel.Best(), nil
	}
	s, err := kernel.Named(string(k))
	if err != nil {
		return nil, fmt.Errorf("--%w", err)
	}
	return s, nil
}
