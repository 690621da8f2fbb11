package onnx_test

import (
	"math"
	"testing"

	"unetbench/internal/engine"
	"unetbench/internal/modeltest"
	"unetbench/internal/onnx"
)

// The engine computes what ONNX Runtime does.
func TestModels(t *testing.T) {
	for _, r := range modeltest.References(t) {
		t.Run(r.Name, func(t *testing.T) {
			n, err := onnx.Load(r.Model)
			if err != nil {
				t.Fatal(err)
			}
			if n.NHWC != r.ChannelsLast() {
				t.Fatalf("N×H×W×C: %v", n.NHWC)
			}
			want := modeltest.Read(t, r.Out, n.NHWCOut)
			got, err := engine.NewPredictor(n.Graph, n.Weights, engine.Options{}).Predict(modeltest.Read(t, r.In, n.NHWC))
			if err != nil {
				t.Fatal(err)
			}
			if got.Shape != want.Shape {
				t.Fatalf("shape %v, want %v", got.Shape, want.Shape)
			}
			worst := 0.0
			for i, v := range got.Pix {
				worst = max(worst, math.Abs(float64(v-want.Pix[i])))
			}
			if !(worst <= r.Tolerance) {
				t.Errorf("off by %.2g, %.2g is allowed", worst, r.Tolerance)
			}
		})
	}
}
