"""Writes what the timed processes read, in a process of its own: PyTorch is not in theirs.

    python export.py WORK DIR

DIR/WORK.onnx for the peers that read it; for the tiled works DIR/WORK.safetensors and
DIR/WORK.png for unetbench. Fails unless the network's multiply-accumulates are those that
works.json says, which a test holds against unetbench's own count.
"""
import json
import struct
import sys
import warnings
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from unet import UNet, macs
from works import WORKS


def main():
    name, folder = sys.argv[1], Path(sys.argv[2])
    work = WORKS[name]
    torch.manual_seed(0)
    net = UNet(work["arch"], work["width"], work["pools"]).eval()
    side = work.get("tile", work["size"])
    x = torch.zeros(work["batch"], 1, side, side)
    gmac = round(macs(net, x) / 1e9, 3)
    if gmac != work["gmac"]:
        sys.exit(f"{name}: {gmac} GMAC here, {work['gmac']} in works.json: the networks differ")
    if "tile" in work:
        weights(folder / f"{name}.safetensors", net, work)
        image(folder / f"{name}.png", work["size"])
    else:
        warnings.simplefilter("ignore")  # the older exporter needs no more than is here
        torch.onnx.export(net, (x,), folder / f"{name}.onnx", dynamo=False, opset_version=17, input_names=["x"], output_names=["y"])


def image(path, side):
    """A PNG of noise: what an image shows does not change how long it takes."""
    grey = np.random.default_rng(0).normal(32768, 8192, (side, side)).clip(0, 65535)
    Image.fromarray(grey.astype(np.uint16)).save(path)


def weights(path, net, work):
    """net's parameters under unetbench's names, as `unetbench predict` reads them."""
    description = {"arch": work["arch"], "in": 1, "classes": 2, "pools": work["pools"], "width": work["width"],
                   "up": "transposed", "norm": "none", "padding": "zero", "interp": "bilinear", "dropout": 0}
    header, blob = {"__metadata__": {k: str(v) for k, v in description.items()}}, b""
    for key, tensor in net.state_dict().items():
        raw = tensor.numpy().astype("<f4").tobytes()
        header[ours(key)] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(blob), len(blob) + len(raw)]}
        blob += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + blob)


def ours(key):
    """enc.0.conv1.weight → enc0.conv1.weight, up.2.bias → dec2.up.bias."""
    part, *rest = key.split(".")
    if part == "up":
        return f"dec{rest[0]}.up.{rest[1]}"
    return key if part == "head" else f"{part}{rest[0]}." + ".".join(rest[1:])


if __name__ == "__main__":
    main()
