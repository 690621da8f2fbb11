package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/spf13/cobra"

	"unetbench/bench"
	"unetbench/graph"
	"unetbench/internal/onnx"
)

func exportCommand() *cobra.Command {
	var e export
	c := &cobra.Command{
		Use:   "export",
		Short: "Write saved weights as an ONNX model that takes any legal size",
		Long: "export writes the network of a weights file as ONNX: batch, height and width are free, and what\n" +
			"depends on them (crops, resizing) is computed inside. The legal sizes and the halo are printed, and\n" +
			"stand in the file's metadata (unetbench.…) for who tiles with it.",
		Example: "  unetbench export --weights unetbench-report/weights/output-valid-seed1.safetensors --out valid.onnx\n" +
			"  unetbench export --random arch=padded,width=32,pools=4 --softmax --out padded.onnx",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return e.run(c.OutOrStdout()) },
	}
	f := c.Flags()
	f.StringVar(&e.weights, "weights", "", "weights file (.safetensors) that compare saved; this or --random is required")
	f.StringToStringVar(&e.random, "random", nil, "an untrained network instead: arch=padded,pools=3,width=8,norm=none,seed=1 …")
	f.StringVar(&e.out, "out", "", "model to write (.onnx); required")
	f.BoolVar(&e.softmax, "softmax", false, "write probabilities, not logits")
	f.IntVar(&e.opset, "opset", 17, "operator set, 13 to 21; circular padding needs 19, and raises it")
	f.BoolVar(&e.asJSON, "json", false, "print what was written as JSON")
	return c
}

// An export is one network written as ONNX.
type export struct {
	weights, out    string
	random          map[string]string
	opset           int
	softmax, asJSON bool
}

func (e *export) run(stdout io.Writer) error {
	var g *graph.Graph
	var w graph.Weights
	var err error
	switch {
	case e.out == "":
		return errors.New("--out: name the .onnx file to write")
	case (e.weights == "") == (e.random == nil):
		return errors.New("--weights: name the .safetensors file that compare saved under weights/ (or describe an untrained network with --random)")
	case e.random != nil:
		g, w, err = randomNetwork(e.random)
	default:
		g, w, err = openNetwork(e.weights)
	}
	if err != nil {
		return err
	}
	m, err := onnx.Export(g, w, onnx.ExportOptions{Opset: e.opset, Softmax: e.softmax, Version: version()})
	if err != nil {
		return fmt.Errorf("--opset: %w", err)
	}
	raw, err := m.Encode()
	if err != nil {
		return failed{err}
	}
	if folder := filepath.Dir(e.out); !isFolder(folder) {
		return fmt.Errorf("--out %s: no folder %s; make it first", e.out, folder)
	}
	write := func(w io.Writer) error {
		_, err := w.Write(raw)
		return err
	}
	if err := bench.WriteFile(e.out, write); err != nil { // whole or not at all
		return failed{fmt.Errorf("--out: %w", err)}
	}
	if e.asJSON {
		return e.writeJSON(stdout, g, m, len(raw))
	}
	fmt.Fprintf(stdout, "%s: %s, opset %d, %d bytes\n", e.out, g.Name, m.Opset, len(raw))
	s, err := g.Sizes()
	if err != nil {
		return err
	}
	f := g.Footprint()
	byAxis(stdout, "legal input sides, px", s.H, s.W)
	byAxis(stdout, "output px", output(f.H), output(f.W))
	byAxis(stdout, "halo, px", halo(f.H), halo(f.W))
	return nil
}

// byAxis prints what holds for both axes once.
func byAxis[T comparable](w io.Writer, what string, height, width T) {
	if height == width {
		fmt.Fprintf(w, "%s: %v\n", what, height)
		return
	}
	fmt.Fprintf(w, "%s: height %v, width %v\n", what, height, width)
}

func output(a graph.Axis) string {
	if a.Shrink == 0 {
		return "the input's"
	}
	return fmt.Sprintf("the input's less %d", a.Shrink)
}

// halo says what to discard at an inner tile edge.
func halo(a graph.Axis) string {
	switch {
	case a.HaloTop < 0:
		return "none is enough, the output depends on the whole image"
	case a.HaloTop == a.HaloBottom:
		return fmt.Sprint(a.HaloTop)
	}
	return fmt.Sprintf("%d before and %d after", a.HaloTop, a.HaloBottom)
}

func isFolder(path string) bool {
	i, err := os.Stat(path)
	return err == nil && i.IsDir()
}

// version is that of this program, where the build knows it.
func version() string {
	if b, ok := debug.ReadBuildInfo(); ok {
		return b.Main.Version
	}
	return ""
}

func (e *export) writeJSON(w io.Writer, g *graph.Graph, m *onnx.Model, size int) error {
	raw, err := json.MarshalIndent(struct {
		Out      string            `json:"out"`
		Bytes    int               `json:"bytes"`
		Variant  string            `json:"variant"`
		Opset    int64             `json:"opset"`
		Input    string            `json:"input"`  // N×C×H×W
		Output   string            `json:"output"` // likewise
		Metadata map[string]string `json:"metadata"`
	}{e.out, size, g.Name, m.Opset, m.Graph.Inputs[0].Name, m.Graph.Outputs[0].Name, m.Metadata}, "", "  ")
	if err != nil {
		return failed{err}
	}
	_, err = fmt.Fprintf(w, "%s\n", raw)
	return err
}
