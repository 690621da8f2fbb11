"""Writes rules.json: other programs' rules in numpy, for rule_test.go.

    python rules.py > rules.json

They are told again in the programs' own arithmetic (np.linspace, np.round,
np.ceil), from the functions that rule.go names; only MONAI is asked itself, by
fixture.py.
"""
import json

import numpy as np


def nnunet(n, tile):
    count = int(np.ceil((n - tile) / (tile * 0.5))) + 1
    step = (n - tile) / (count - 1) if count > 1 else 0
    return [int(np.round(step * i)) for i in range(count)]


def cellpose(n, tile):
    count = 1 if n <= tile else int(np.ceil((1.0 + 2 * 0.1) * n / tile))
    return np.linspace(0, n - min(tile, n), count).astype(int).tolist()


def deepcell(n, tile):
    stride = min(int(np.ceil(0.75 * tile / 2.0) * 2), tile)
    count = max(int(np.ceil((n - tile) / stride + 1)), 1)
    before = int(np.ceil((tile + stride * (count - 1) - n) / 2))
    return [i * stride - before for i in range(count)]


def rastervision(n, tile):
    stride, crop = tile // 2, (tile - tile // 2) // 2
    kept = tile - 2 * crop
    pad = kept + int(np.ceil((n - kept) / stride)) * stride - n if n > kept else kept - n
    pad = int(np.ceil(pad / 2)) + 2 * crop
    return list(range(-pad, n + pad - tile + 1, stride))


def taper(n):
    size = max(224, n)
    x = np.abs(np.arange(size) - np.arange(size).mean())
    return (1 / (1 + np.exp((x - (size / 2 - 20)) / 7.5)))[size // 2 - n // 2 : size // 2 + n // 2 + n % 2]


def spike(n):
    """scipy's gaussian_filter of a single px, truncated at 4 sigma, over its maximum."""
    sigma = n / 8
    radius = int(4 * sigma + 0.5)
    kernel = np.exp(-0.5 * np.arange(-radius, radius + 1) ** 2 / sigma**2)
    kernel /= kernel.sum()
    out = np.zeros(n)
    for i in range(n):
        d = i - n // 2
        out[i] = kernel[d + radius] if abs(d) <= radius else 0
    return out / out.max()


def triang(n):
    half = (2 * np.arange(1, n // 2 + 1) - 1.0) / n
    return np.r_[half, half[::-1]]


def spline(n):
    overlap = n - min(int(np.ceil(0.75 * n / 2.0) * 2), n)
    part = int(2 * overlap / 4)
    rim = (2 * triang(2 * overlap)) ** 2 / 2
    rim[part:-part] = 0
    middle = 1 - (2 * (triang(2 * overlap) - 1)) ** 2 / 2
    middle[:part] = middle[-part:] = 0
    window = (rim + middle) / (rim + middle).max()
    out = np.ones(n)
    out[:overlap], out[-overlap:] = window[:overlap], window[overlap:]
    return out


sizes = [(110, 64), (512, 256), (1000, 256), (777, 128), (2048, 512), (130, 128), (256, 256)]
rules = dict(nnunet=nnunet, cellpose=cellpose, deepcell=deepcell, rastervision=rastervision)
rows = [dict(rule=r, n=n, tile=t, origins=f(n, t)) for r, f in rules.items() for n, t in sizes]
profiles = [dict(rule=r, n=n, values=np.round(f(n), 9).tolist())
            for r, f in [("cellpose", taper), ("nnunet", spike), ("deepcell", spline)] for n in [32, 96, 250]]
print(json.dumps(dict(rows=rows, profiles=profiles)))
