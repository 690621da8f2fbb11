package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"unetbench/bench"
	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/resource"
)

func predictCommand() *cobra.Command {
	var p prediction
	c := &cobra.Command{
		Use:   "predict IMAGE",
		Short: "Segment an image with saved weights or an ONNX model, without seams",
		Long: "predict runs weights that compare saved, or anyone's ONNX model, over one image and writes a\n" +
			"mask: 0 and 255 for two classes, a palette for more. An image that is too large to run in one\n" +
			"piece (--memory) goes through the network in bands of rows, or in tiles, that give what one\n" +
			"piece gives. With --tile it is cut into tiles of that side; they overlap so that there are no\n" +
			"seams, unless --overlap, --blend or --plan ask for something else.\n\n" +
			"An ONNX file does not say how its network wants pixels: --normalise does. Of one output\n" +
			"channel, the mask is where it is above 0, or 0.5 if the model ends in a sigmoid.",
		Example: "  unetbench predict --weights unetbench-report/weights/output-valid-seed1.safetensors cell.png --out mask.png\n" +
			"  unetbench predict --model nuclei.onnx --normalise zscore cell.png --out mask.png\n" +
			"  unetbench predict --random arch=padded,width=32,pools=4,norm=none --tile 512 --plan monai --blend gaussian --json cell.png",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.run(c, args[0])
		},
	}
	f := c.Flags()
	p.source.register(f)
	f.StringVar(&p.mask, "out", "", "mask to write (default: IMAGE-mask.png beside the image)")
	f.StringVar(&p.probability, "probability", "", "also write the foreground's probability, as 16-bit PNG")
	f.StringVar(&p.raw, "raw", "", "also write what the network gives, float32 of 1×C×H×W, as .npy")
	p.layout.register(f)
	f.BoolVar(&p.exact, "exact", false, "direct convolution only: tiles equal one piece bit for bit, not only but for rounding")
	p.kernel.register(f)
	f.IntVar(&p.threads, "threads", 0, "cores to use (default all); the result does not depend on it")
	f.BoolVar(&p.asJSON, "json", false, "print what was done and what it took, as JSON")
	return c
}

// A prediction is one image through one network.
type prediction struct {
	outputs
	source        sourceFlags
	layout        layoutFlags
	kernel        kernelFlag
	exact, asJSON bool
	threads       int
}

func (p *prediction) run(c *cobra.Command, file string) error {
	o, err := p.options()
	if err != nil {
		return err
	}
	n, err := p.source.open(c, o.Threads)
	if err != nil {
		return err
	}
	defer n.close()
	img, err := n.read(file)
	if err != nil {
		return err
	}
	l, err := p.layout.lay(n, img.Size(), o)
	if err != nil {
		return err
	}
	if l.warning != "" {
		fmt.Fprintf(c.ErrOrStderr(), "unetbench: %s\n", l.warning)
	}
	// Nearly all memory is the networks', few large pieces without pointers:
	// collecting often costs nothing and keeps what tiles leave behind small.
	debug.SetGCPercent(10)
	debug.FreeOSMemory()
	start := time.Now()
	y, err := l.plan.PredictParallel(n.crew(l.crew, l.options), img, 0)
	took := time.Since(start)
	if err != nil {
		return failed{err}
	}
	if p.mask == "" {
		p.mask = strings.TrimSuffix(file, filepath.Ext(file)) + "-mask.png"
	}
	if err := p.write(y, n.probabilities()); err != nil {
		return err
	}
	if p.asJSON {
		return l.writeJSON(c.OutOrStdout(), n, took)
	}
	fmt.Fprintf(c.OutOrStdout(), "%s: %v px, %s\n", p.mask, img.Size(), l)
	return nil
}

func (p *prediction) options() (engine.Options, error) {
	o := engine.Options{Threads: p.threads, Exact: p.exact}
	if o.Threads < 1 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	var err error
	o.Kernel, err = p.kernel.set()
	return o, err
}

// String says how the image was cut and what that does to it.
func (l layout) String() string {
	s := fmt.Sprintf("%d tile(s), ", len(l.plan.Tiles))
	switch {
	case l.options.Rows > 0:
		return s + fmt.Sprintf("in bands of %d rows: no seams", l.options.Rows)
	case len(l.plan.Tiles) == 1:
		return s + "the image in one piece"
	case l.plan.Exact && l.options.Exact:
		return s + "no seams: equal bit for bit to the image in one piece"
	case l.plan.Exact:
		return s + "no seams: equal to the image in one piece but for rounding"
	case l.plan.Window != nil:
		return s + "blended: seams are spread over the overlap"
	}
	return s + "seams are possible: this overlap is less than the network's halo"
}

// writeJSON writes what was done and what it took.
func (l *layout) writeJSON(w io.Writer, n *network, took time.Duration) error {
	read := l.plan.Tiles[0].Read
	macs, err := l.macs(n.graph)
	if err != nil {
		return err
	}
	out, err := json.MarshalIndent(struct {
		Seconds float64 `json:"seconds"` // of the prediction alone: nothing is read or written in them
		Tiles   int     `json:"tiles"`
		Tile    [2]int  `json:"tile"`         // height and width of a tile's input, px
		Rows    int     `json:"rows"`         // of a band; 0: each tile in one piece
		Overlap int     `json:"overlap"`      // least, of two tiles' outputs, px
		MACs    int64   `json:"macs"`         // multiply-accumulates, as direct convolution would need
		Peak    float64 `json:"peak_rss_mb"`  // of the whole process, 10⁶ bytes; 0: unknown
		Seams   bool    `json:"seams"`        // tiles may disagree with the image in one piece
		Exact   bool    `json:"exact"`        // equal to it bit for bit
		Threads int     `json:"threads"`      // in all
		Side    int     `json:"side_by_side"` // tiles at a time
		Kernel  string  `json:"kernel"`       // or what else ran the network
	}{
		took.Seconds(), len(l.plan.Tiles), [2]int{read.Dy(), read.Dx()}, l.options.Rows, l.plan.MinOverlap, macs,
		float64(resource.Peak()) / 1e6, !l.plan.Exact, l.plan.Exact && l.options.Exact, l.options.Threads * l.crew, l.crew, n.engine(l.options),
	}, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", out)
	return err
}

func (l *layout) macs(g *graph.Graph) (int64, error) {
	if l.options.Rows > 0 {
		read := l.plan.Tiles[0].Read
		return engine.BandMACs(g, graph.Size{H: read.Dy(), W: read.Dx()}, l.options)
	}
	cost, err := bench.OverlapCost(g, l.plan)
	return cost.MACs.Total(), err
}
