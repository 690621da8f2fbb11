"""Holds unetbench's predictions against PyTorch's: the same weights, the same image.

    python check.py UNETBENCH

For every variant, with random weights and an image of noise, the largest difference of the
foreground's probability at any pixel. Fails above 2 of the 65,535 levels of the PNG that
`unetbench predict --probability` writes.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
import export
from PIL import Image
from unet import ARMS, UNet

LEVELS, LIMIT = 65535, 2
WORK = {"width": 16, "pools": 3}
SIDE = 196  # of the image
# What the network reads: the image, its context (44 px for the variants that shrink), and
# what is missing to the next legal side at the right and the bottom, all mirrored.
READ = {"padded": (0, 200), "resized-up": (0, 196)}


def difference(binary, arch, folder):
    torch.manual_seed(1)
    net = UNet(arch, **WORK).eval()
    weights, image, out = folder / "w.safetensors", folder / "image.png", folder / "p.png"
    export.weights(weights, net, {"arch": arch, **WORK})
    export.image(image, SIDE)
    subprocess.run([binary, "predict", "--weights", weights, image, "--out", folder / "mask.png", "--probability", out],
                   check=True, stdout=subprocess.DEVNULL)
    x = np.asarray(Image.open(image)).astype(np.float64)
    x = ((x - x.mean()) / x.std()).clip(-4, 4)
    before, side = READ.get(arch, (44, 284))
    x = np.pad(x, (before, side - SIDE - before), mode="reflect")
    with torch.inference_mode():
        p = net(torch.from_numpy(x.astype(np.float32))[None, None]).softmax(1)[0, 1, :SIDE, :SIDE]
    return np.abs(np.asarray(Image.open(out)).astype(np.float64) - p.numpy() * LEVELS).max()


def main():
    with tempfile.TemporaryDirectory() as folder:
        for arch in ARMS:
            d = difference(sys.argv[1], arch, Path(folder))
            print(f"{arch}: probabilities differ by at most {d / LEVELS:.1e}", file=sys.stderr)
            if not d <= LIMIT:
                sys.exit(f"{arch}: unetbench and PyTorch do not compute the same")


if __name__ == "__main__":
    main()
