package engine_test

import (
	"fmt"

	"unetbench/graph"
)

// Convolutions as imported networks have them.
func init() {
	for _, k := range []struct {
		name                     string
		op                       graph.Op
		in, out, groups          int
		kernel, stride, dilation [2]int
		pad                      int
		size                     graph.Size
	}{
		{"stride2", graph.Conv, 5, 7, 0, square(3), square(2), [2]int{}, 1, graph.Size{H: 9, W: 12}},
		{"7x7-stride2-rgb", graph.Conv, 3, 40, 0, square(7), square(2), [2]int{}, 3, graph.Size{H: 16, W: 18}},
		{"1x1-stride2", graph.Conv, 18, 33, 0, square(1), square(2), [2]int{}, 0, graph.Size{H: 7, W: 8}},
		{"stride-2x1", graph.Conv, 4, 8, 0, [2]int{2, 1}, [2]int{2, 1}, [2]int{}, 0, graph.Size{H: 8, W: 5}},
		{"stride3", graph.Conv, 4, 8, 0, square(2), square(3), [2]int{}, 0, graph.Size{H: 9, W: 11}},
		{"dilation2", graph.Conv, 9, 17, 0, square(3), square(1), square(2), 2, graph.Size{H: 9, W: 7}},
		{"dilation16", graph.Conv, 3, 5, 0, square(3), square(1), square(16), 16, graph.Size{H: 6, W: 5}},
		{"dilation-2x1", graph.Conv, 3, 5, 0, [2]int{2, 3}, [2]int{1, 2}, [2]int{2, 1}, 0, graph.Size{H: 9, W: 9}},
		{"groups", graph.Conv, 6, 9, 3, square(3), square(1), [2]int{}, 1, graph.Size{H: 5, W: 6}},
		{"groups-wide", graph.Conv, 34, 68, 2, square(3), square(2), [2]int{}, 1, graph.Size{H: 5, W: 6}},
		{"depthwise", graph.Conv, 19, 19, 19, square(3), square(1), [2]int{}, 1, graph.Size{H: 5, W: 8}},
		{"depthwise-stride2", graph.Conv, 16, 16, 16, square(5), square(2), [2]int{}, 2, graph.Size{H: 8, W: 8}},
		{"depthwise-dilation2", graph.Conv, 5, 5, 5, square(3), square(1), square(2), 2, graph.Size{H: 5, W: 8}},
		{"depth-multiplier", graph.Conv, 4, 8, 4, square(3), square(1), [2]int{}, 1, graph.Size{H: 5, W: 8}},
		{"3x3-stride2", graph.ConvTranspose, 6, 5, 0, square(3), square(2), [2]int{}, 0, graph.Size{H: 4, W: 5}},
		{"4x4-stride2", graph.ConvTranspose, 17, 33, 0, square(4), square(2), [2]int{}, 0, graph.Size{H: 4, W: 5}},
		{"gaps", graph.ConvTranspose, 3, 4, 0, [2]int{1, 2}, square(3), [2]int{}, 0, graph.Size{H: 3, W: 4}},
		{"3x3-stride1", graph.ConvTranspose, 3, 4, 0, square(3), square(1), [2]int{}, 0, graph.Size{H: 1, W: 1}},
		{"groups", graph.ConvTranspose, 6, 4, 2, square(3), square(2), [2]int{}, 0, graph.Size{H: 3, W: 4}},
		{"depthwise", graph.ConvTranspose, 5, 5, 5, square(4), square(2), [2]int{}, 0, graph.Size{H: 3, W: 4}},
	} {
		n := graph.Node{Channels: k.out, Groups: k.groups, Kernel: k.kernel, Stride: k.stride, Dilation: k.dilation}
		add := func(b builder, x *graph.Node) *graph.Node {
			if k.pad > 0 {
				x = b.Add("pad", graph.Pad, graph.Node{Pads: [4]int{k.pad, k.pad, k.pad, k.pad}}, x)
			}
			g := max(k.groups, 1)
			weight := []int{k.out, k.in / g, k.kernel[0], k.kernel[1]}
			if k.op == graph.ConvTranspose {
				weight = []int{k.in, k.out / g, k.kernel[0], k.kernel[1]}
			}
			n := n
			n.Params = b.params("c", weight, []int{k.out})
			return b.Add("c", k.op, n, x)
		}
		in := graph.Shape{C: k.in, H: k.size.H, W: k.size.W}
		name := fmt.Sprintf("%v-%s", k.op, k.name)
		forwards = append(forwards, opCase{name, in, func(b builder, x *graph.Node) { add(b, x) }},
			opCase{name + "-norm-relu", in, func(b builder, x *graph.Node) { b.op("r", graph.ReLU, b.norm("n", add(b, x), k.out)) }},
			opCase{name + "-cropped", in, func(b builder, x *graph.Node) {
				b.Add("crop", graph.Pad, graph.Node{Pads: [4]int{-1, 0, 0, 0}}, add(b, b.op("u", graph.ReLU, x)))
			}})
	}
	forwards = append(forwards, opCase{"Conv-stride2-concat", graph.Shape{C: 8, H: 8, W: 10}, func(b builder, x *graph.Node) {
		cat := b.op("cat", graph.Concat, b.conv("a", x, 8, 16, 1, 1), x)
		b.conv("c", cat, 24, 5, 3, 3).Stride = square(2)
	}})
}
