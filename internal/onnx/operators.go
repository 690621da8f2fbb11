package onnx

// operators says who imports what; everything else is an error. It is filled by
// init, since some look others up.
var operators map[string]operator

func init() {
	operators = map[string]operator{
		"Conv": conv, "ConvTranspose": transpose, "Gemm": gemm, "MatMul": gemm,
		"MaxPool": pool, "AveragePool": pool, "GlobalAveragePool": globalPool, "GlobalMaxPool": globalPool,
		"ReduceMean": reduce, "ReduceMax": reduce, "ReduceMin": reduce, "ReduceSum": reduce, "ReduceSumSquare": reduce,
		"ReduceL1": reduce, "ReduceL2": reduce, "ReduceProd": product, "LayerNormalization": layerNorm, "LogSoftmax": logSoftmax,
		"Selu": selu, "Celu": celu, "Softsign": softsign, "Swish": swish, "SpaceToDepth": spaceToDepth,
		"Pad": pad, "Resize": resize, "Upsample": resize, "DepthToSpace": depthToSpace,
		"BatchNormalization": batchNorm, "InstanceNormalization": instanceNorm, "GroupNormalization": groupNorm,
		"PRelu": prelu, "Softmax": softmax, "HardSwish": hardSwish, "Mish": mish, "Gelu": gelu, "Clip": clip,
		"Add": arithmetic, "Sub": arithmetic, "Mul": arithmetic, "Div": arithmetic, "Mod": arithmetic,
		"Min": arithmetic, "Max": arithmetic, "Pow": pow, "Sum": sum, "Neg": negate,
		"Concat": concat, "Slice": slice, "Split": split, "Transpose": permute, "Reshape": reshape, "Flatten": reshape,
		"Squeeze": squeeze, "Unsqueeze": squeeze, "Expand": expand, "Tile": tile,
		"Shape": shape, "Gather": gather, "Constant": constant, "ConstantOfShape": constantOfShape, "Range": span,
		"Identity": identity, "Dropout": identity, "Cast": cast, "Floor": round, "Ceil": round,
		"Equal": choice, "Where": where, "Not": negation,
		"Greater": compare, "Less": compare, "GreaterOrEqual": compare, "LessOrEqual": compare,
	}
	for name := range functions {
		operators[name] = pointwise
	}
}

// identity hands its operand on.
func identity(c *call) (*operand, error) {
	if v := c.arg(0); v != nil {
		return v, nil
	}
	return nil, errMissing
}
