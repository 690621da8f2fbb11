//go:build !linux

package kernel

import "testing"

// pages returns n zeros with more of its own memory behind them.
func pages(t testing.TB, n int) []float32 { return make([]float32, n+64)[:n] }
