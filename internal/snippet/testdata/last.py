"""Runs model.onnx over an image of any size in tiles of 192×192 px.

The result equals the whole image in one piece, but for rounding.
"""
import sys

import numpy as np
import onnxruntime

# Along height and width, in px:
TILE, STRIDE = (192, 192), (96, 96)  # tiles begin on the network's step of 8 and 8
DISCARD = (48, 48)  # at an inner top or left edge; what the next tile overwrites, at the others
BEFORE, AFTER = (0, 0), (0, 0)  # input that is read beyond the output
STEP, LEAST = (8, 8), (8, 8)  # legal sides: LEAST, LEAST + STEP …

session = onnxruntime.InferenceSession("model.onnx", providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name


def starts(n, a):
    """The side of tiles, and where each begins: the last ends where the whole image would."""
    whole = LEAST[a] + max(0, -(-(n + BEFORE[a] + AFTER[a] - LEAST[a]) // STEP[a])) * STEP[a]
    tile = min(TILE[a], whole)
    return tile, whole, [*range(0, whole - tile, STRIDE[a]), whole - tile]


def predict(image):
    """image: channels × height × width, float32, prepared as in training."""
    h, w = image.shape[1:]
    (th, wh, ys), (tw, ww, xs) = starts(h, 0), starts(w, 1)
    padded = np.pad(image, ((0, 0), (BEFORE[0], wh - h - BEFORE[0]), (BEFORE[1], ww - w - BEFORE[1])), "reflect")
    mosaic = None
    for y in ys:
        for x in xs:
            tile = padded[None, :, y : y + th, x : x + tw].astype(np.float32)
            out = session.run(None, {name: tile.transpose(0, 2, 3, 1)})[0][0].transpose(2, 0, 1)
            if mosaic is None:
                mosaic = np.empty((len(out), h, w), np.float32)
            top, left = DISCARD[0] if y else 0, DISCARD[1] if x else 0
            part = mosaic[:, y + top : y + out.shape[1], x + left : x + out.shape[2]]
            part[:] = out[:, top : top + part.shape[1], left : left + part.shape[2]]
    return mosaic


if __name__ == "__main__":  # image.npy: float32, channels × height × width
    np.save(sys.argv[2], predict(np.load(sys.argv[1])))
