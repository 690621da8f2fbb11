package onnx

import (
	"fmt"
	"math"

	"unetbench/graph"
)

// What is an ELU of something, or a product with one function of itself.

// selu is scale·ELU(x): Klambauer et al. 2017.
func selu(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	y := c.on(x, graph.Pointwise, graph.Node{Func: graph.ELU, Args: [2]float64{c.float("alpha", 1.67326319217681884765625)}})
	return c.scaled(y, c.float("gamma", 1.05070102214813232421875), 0), nil
}

// celu is x, or α(e^(x/α) − 1) below 0: α·ELU(x/α).
func celu(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	alpha := c.float("alpha", 1)
	y := c.on(c.scaled(x, 1/alpha, 0), graph.Pointwise, graph.Node{Func: graph.ELU, Args: [2]float64{1}})
	return c.scaled(y, alpha, 0), nil
}

// softsign is x/(1+|x|).
func softsign(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	y := c.scaled(c.on(x, graph.Pointwise, graph.Node{Func: graph.Abs}), 1, 1)
	y = c.on(y, graph.Pointwise, graph.Node{Func: graph.Reciprocal})
	return c.on(x, graph.Product, graph.Node{}, x.node, y.node), nil
}

// swish is x·sigmoid(αx).
func swish(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	y := x
	if alpha := c.float("alpha", 1); alpha != 1 {
		y = c.scaled(x, alpha, 0)
	}
	y = c.on(y, graph.Pointwise, graph.Node{Func: graph.Sigmoid})
	return c.on(x, graph.Product, graph.Node{}, x.node, y.node), nil
}

// gelu is x·½(1+erf(x/√2)), or with tanh(√(2/π)(x+0.044715x³)) for erf:
// Hendrycks & Gimpel 2016.
func gelu(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	var e *operand
	switch a := c.string("approximate", "none"); a {
	case "none":
		e = c.on(c.scaled(x, math.Sqrt2/2, 0), graph.Pointwise, graph.Node{Func: graph.Erf})
	case "tanh":
		square := c.on(x, graph.Product, graph.Node{}, x.node, x.node)
		k := math.Sqrt(2 / math.Pi)
		e = c.on(x, graph.Product, graph.Node{}, x.node, c.scaled(square, 0.044715*k, k).node)
		e = c.on(e, graph.Pointwise, graph.Node{Func: graph.Tanh})
	default:
		return nil, fmt.Errorf("approximate %s is not known", a)
	}
	return c.on(x, graph.Product, graph.Node{}, x.node, c.scaled(e, 0.5, 0.5).node), nil
}
