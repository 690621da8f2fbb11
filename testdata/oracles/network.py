"""Makes ops, unets and fastai.safetensors anew: python network.py, in this folder."""

import pathlib

import torch

import dynamicunet
import ops
import unets

torch.use_deterministic_algorithms(True)
torch.set_num_threads(1)
here = pathlib.Path(__file__).parent
for name, module in ("ops", ops), ("unets", unets), ("fastai", dynamicunet):
    path = here / (name + ".safetensors")
    module.make(path)
    print(path.name, path.stat().st_size, "bytes")
