"""The ops of imported networks as ONNX Runtime computes them in float32, and PyTorch in
float64 what both have: values only. The cases are named as in the table of
internal/engine/oracle_imported_test.go. Run: python imported.py, in this folder."""

import pathlib

import numpy as np
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

from store import Store

shape = (1, 3, 9, 11)


def run(x, op, constants=(), **attributes):
    """One node on x and constants (None: left out)."""
    names = ["" if c is None else f"c{i}" for i, c in enumerate(constants)]
    node = helper.make_node(op, ["x", *names], ["y"], **attributes)
    initial = [numpy_helper.from_array(np.asarray(c), f"c{i}") for i, c in enumerate(constants) if c is not None]
    tensor = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
    graph = helper.make_graph([node], "one", [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)], [tensor("y")], initial)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return torch.from_numpy(session.run(None, {"x": x.numpy()})[0])


def resize(scales=None, sizes=None, **attributes):
    s = None if scales is None else np.float32([1, 1, *scales])
    n = None if sizes is None else np.int64([*shape[:2], *sizes])
    return lambda x: run(x, "Resize", [None, s, n], **attributes)


interps = {
    "bilinear": dict(mode="linear", coordinate_transformation_mode="half_pixel"),
    "bilinear-align": dict(mode="linear", coordinate_transformation_mode="align_corners"),
    "nearest": dict(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
    "nearest-half": dict(mode="nearest", coordinate_transformation_mode="half_pixel", nearest_mode="round_prefer_floor"),
    "bilinear-corner": dict(mode="linear", coordinate_transformation_mode="asymmetric"),
    "cubic": dict(mode="cubic", coordinate_transformation_mode="half_pixel", cubic_coeff_a=-0.75),
}

cases = {
    "leaky-relu": lambda x: run(x, "LeakyRelu", alpha=0.2),
    "elu": lambda x: run(x, "Elu", alpha=0.7),
    "hard-sigmoid": lambda x: run(x, "HardSigmoid", alpha=0.2, beta=0.5),
    "clip": lambda x: run(x, "Clip", [np.float32(-0.5), np.float32(0.8)]),
    "softmax": lambda x: run(x, "Softmax", axis=1),
    "prelu": lambda x: run(x, "PRelu", [np.float32([0.1, 0.3, -0.2]).reshape(3, 1, 1)]),
    "mean-map": lambda x: run(x, "GlobalAveragePool"),
    "max-map": lambda x: run(x, "GlobalMaxPool"),
    "max-pool": lambda x: run(x, "MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
    "max-pool-ceil": lambda x: run(x, "MaxPool", kernel_shape=[2, 3], strides=[2, 3], ceil_mode=1),
    "max-pool-dilated": lambda x: run(x, "MaxPool", kernel_shape=[2, 3], strides=[2, 1], dilations=[3, 2], pads=[1, 2, 0, 1]),
    "avg-pool": lambda x: run(x, "AveragePool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
    "avg-pool-uneven": lambda x: run(x, "AveragePool", kernel_shape=[4, 2], strides=[1, 3], pads=[2, 0, 3, 1]),
    "torch-max-pool-ceil": lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True),
    "torch-avg-pool-ceil": lambda x: F.avg_pool2d(x, (2, 4), (2, 3), (1, 2), ceil_mode=True, count_include_pad=False),
    "torch-cubic-x2": lambda x: F.interpolate(x, scale_factor=2, mode="bicubic"),
    "torch-cubic-5x17": lambda x: F.interpolate(x, (5, 17), mode="bicubic"),
    "torch-bilinear-by-1.6x0.7": lambda x: F.interpolate(x, scale_factor=(1.6, 0.7), mode="bilinear"),
    "torch-erf": torch.erf,
    "torch-softplus": F.softplus,
    "torch-pad-reflect": lambda x: F.pad(x, (3, 0, 2, 1), mode="reflect"),
    "torch-pad-circular-mixed": lambda x: F.pad(x, (2, -3, -1, 3), mode="circular"),
    "torch-pad-constant-mixed": lambda x: F.pad(x, (2, -3, -1, 3), value=0.7),
}
for name in "Sigmoid", "Tanh", "Softplus", "Erf", "Exp", "Abs":
    cases[name.lower()] = lambda x, name=name: run(x, name)
for name, attributes in interps.items():
    for h, w in (2, 2), (1.5, 0.5), (1.6, 2.7), (0.3, 0.75):
        cases[f"resize-{name}-by-{h}x{w}"] = resize(scales=(h, w), **attributes)
    cases[f"resize-{name}-to-5x17"] = resize(sizes=(5, 17), **attributes)
for mode in "constant", "reflect", "edge", "wrap":
    value = [np.float32(0.7)] if mode == "constant" else []
    cases[f"pad-{mode}-mixed"] = lambda x, mode=mode, value=value: run(x, "Pad", [np.int64([0, 0, -1, 2, 0, 0, 3, -3]), *value], mode=mode)


if __name__ == "__main__":
    torch.set_num_threads(1)
    s, r = Store(), torch.Generator().manual_seed(1)
    x = torch.randn(shape, generator=r)
    s.put("x", x)
    for name, f in cases.items():
        s.put(name, f(x.double()) if name.startswith("torch-") else f(x))
    path = pathlib.Path(__file__).parent / "imported.safetensors"
    s.write(path)
    print(path.name, path.stat().st_size, "bytes")
