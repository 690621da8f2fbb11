// Package train fits a network's weights to labelled images.
//
// One recipe serves every variant, and one seed fixes everything that chance
// decides, so that two networks trained with the same seed differ in their
// wiring alone: they start from the same tensors (graph.InitWeights is keyed by
// parameter name), and see the same patches in the same order, turned and
// flipped alike. A comparison between them is therefore paired by seed.
//
// # Path of one step
//
//	Sampler.Next      draws image, position, quarter turns, flip and Bend: a Patch
//	Window.Cut        cuts the network's input and the labels around that Patch
//	network.Forward   runs the engine in training mode, on batch statistics
//	crossEntropy      gives the mean loss over the supervised window, and its gradient;
//	                  each pixel counts as a WeightMap says, or 1
//	network.Backward  turns that into the gradient of every parameter
//	adam.step         moves the weights and, in the same pass, their running average
//
// # Windows
//
// A Window says how many pixels the network reads (In) and how many of its
// output are supervised (Out), per side; both are centred on the Patch, whose
// position is drawn for the recipe's reference size. So an arm that reads 204
// px and is supervised on 116, one that reads 120, and one that is supervised
// on all of its 208 look at the same place.
//
// What lies beyond the image's field of view is mirrored there (tile.Mirror, as
// in prediction), also where an Example carries a margin of true context: real
// images have none, and training must treat both kinds alike.
//
// # Same bits
//
// Every choice comes from a PCG stream of the seed, every sum has a fixed
// order, and the engine's result does not depend on its threads: the same Job
// gives the same bytes.
package train
