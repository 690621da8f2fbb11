// Package engine runs a graph forward and backward, for one input size and
// batch, over the loops of internal/kernel.
//
// New lowers the graph to units (one op, or a convolution with the norm and
// ReLU behind it), plans one arena for all buffers, and lays the work out as
// phases of fixed tasks. What a task computes depends on the task alone, so
// results have the same bits for any number of threads.
//
// The files, in the order in which work passes through them: buffer.go (how a
// map lies in memory), compile.go (graph to units), gradient.go (who adds to
// which gradient), arena.go (which buffers share memory), worker.go (phases and
// threads), net.go (the API), band.go and stream.go (a large map in bands of
// rows), and one file per op. A 3×3 convolution or one of its gradients may be
// done by Winograd's transforms: choose.go says when, tiling.go, transformed.go,
// winograd.go and winograd_grad.go how. What imported networks have beside these,
// strides, dilation, groups and transposed kernels that overlap, runs forward only:
// stencil.go, depthwise.go, overlap.go.
package engine
