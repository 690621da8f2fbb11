"""Writes monai.json: what MONAI's sliding_window_inference does, for window_test.go.

    pip install monai==1.6.1 torch
    python fixture.py > monai.json

The "network" multiplies each window by a pattern of its own, so that every
tile's place and weight shows in the output.
"""
import json

import torch
from monai.data.utils import compute_importance_map, dense_patch_slices
from monai.inferers import sliding_window_inference
from monai.inferers.utils import _get_scan_interval


def image(h, w):
    y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    return ((y * 13 + x * 5) % 32 / 16)[None, None].float()


def network(x):
    y, z = torch.meshgrid(torch.arange(x.shape[2]), torch.arange(x.shape[3]), indexing="ij")
    return x * ((y * 7 + z * 3) % 11 + 1) / 8


cases = []
for h, w, tile, overlap, mode in [
    (21, 17, 8, 0.25, "gaussian"),
    (21, 17, 8, 0.25, "constant"),
    (24, 20, 8, 0.5, "gaussian"),
    (8, 23, 8, 0.6, "gaussian"),
    (9, 12, 4, 0.9, "constant"),
]:
    interval = _get_scan_interval((h, w), (tile, tile), 2, (overlap, overlap))
    slices = dense_patch_slices((h, w), (tile, tile), interval)
    out = sliding_window_inference(image(h, w), tile, 1, network, overlap=overlap, mode=mode)
    cases.append(
        dict(h=h, w=w, tile=tile, overlap=overlap, mode=mode,
             origins=[[int(s[0].start), int(s[1].start)] for s in slices], out=out.flatten().tolist()))

# The rule alone, where tiles are many.
rows = []
for n, tile, overlap in [(2048, 512, 0.25), (2000, 512, 0.25), (1000, 96, 0.1), (700, 96, 0.33), (513, 512, 0.5)]:
    interval = _get_scan_interval((n, tile), (tile, tile), 2, (overlap, overlap))
    rows.append(dict(n=n, tile=tile, overlap=overlap,
                     origins=[int(s[0].start) for s in dense_patch_slices((n, tile), (tile, tile), interval)]))

weights = [dict(h=h, w=w, sigma=s, map=compute_importance_map((h, w), mode="gaussian", sigma_scale=s).flatten().tolist())
           for h, w, s in [(8, 8, 0.125), (16, 12, 0.125), (5, 7, 0.3)]]
# Of a large one, the middle row.
weights.append(dict(h=512, w=512, sigma=0.125, row=256,
                    map=compute_importance_map((512, 512), mode="gaussian", sigma_scale=0.125)[256].tolist()))

print(json.dumps(dict(cases=cases, rows=rows, weights=weights)))
