"""Tensors collected under names, written as one safetensors file. The library of
that name writes its notes in a random order, so the few lines are written here."""

import json
import struct

import numpy as np
import torch


class Store:
    def __init__(self):
        self.tensors, self.meta = {}, {}

    def put(self, name, t):
        """PyTorch computes in float64: what is stored is right to float32."""
        if name in self.tensors:
            raise ValueError(name + " is stored twice")
        self.tensors[name] = np.ascontiguousarray(t.detach().numpy(), dtype="<f4")

    def put_all(self, name, tensors):
        """Many small tensors as one, end to end: a header of names would be larger."""
        self.put(name, torch.cat([t.detach().flatten() for t in tensors]))

    def write(self, path):
        header, at = {"__metadata__": self.meta}, 0
        for name, v in self.tensors.items():
            header[name] = {"dtype": "F32", "shape": v.shape, "data_offsets": [at, at + v.nbytes]}
            at += v.nbytes
        raw = json.dumps(header, separators=(",", ":")).encode()
        raw += b" " * (-len(raw) % 8)
        with open(path, "wb") as f:
            f.write(struct.pack("<Q", len(raw)) + raw)
            for v in self.tensors.values():
                f.write(v.tobytes())


def thin(t, stride):
    """Every stride-th row and column: odd strides see all phases of a network."""
    return t[..., ::stride, ::stride]
