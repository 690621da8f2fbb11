"""What ONNX Runtime makes of the files that `unetbench export` writes: python exported.py,
in this folder, makes exported.safetensors anew. The files and their inputs come from the
Go test that reads the fixture, so the fixture holds outputs alone."""

import hashlib
import json
import pathlib
import subprocess
import tempfile

import numpy as np
import onnx
import onnxruntime
import torch

from store import Store, thin

STRIDE = 3  # of stored maps

here = pathlib.Path(__file__).parent
store = Store()
with tempfile.TemporaryDirectory() as folder:
    test = ["go", "test", "-count=1", "-run", "TestExportAgainstONNXRuntime", "./internal/onnx", "-models", folder]
    subprocess.run(test, cwd=here.parent.parent, check=True)
    for path in sorted(pathlib.Path(folder).glob("*.onnx")):
        onnx.checker.check_model(str(path), full_check=True)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        store.meta[path.stem] = json.dumps({"sha256": hashlib.sha256(path.read_bytes()).hexdigest()})
        for i, raw in enumerate(sorted(path.parent.glob(path.stem + ".[0-9].f32"))):
            shape = np.fromfile(raw, "<i4", 3)
            x = np.fromfile(raw, "<f4", offset=12).reshape(1, *shape)
            (y,) = session.run(None, {"input": x})
            # All maps of a batch are computed alike: no size of one is frozen in the file.
            (two,) = session.run(None, {"input": np.concatenate([x, x])})
            assert two.shape == (2, *y.shape[1:]) and np.allclose(two, y, rtol=0, atol=1e-4 * max(1, abs(y).max())), path.stem
            store.put(f"{path.stem}/{i}", thin(torch.from_numpy(y), STRIDE))
store.meta["versions"] = json.dumps({"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__})
path = here / "exported.safetensors"
store.write(path)
print(path.name, path.stat().st_size, "bytes")
