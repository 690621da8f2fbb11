"""Times one peer on one work, alone in a process: what `run` starts.

    python peer.py PEER WORK --threads N --runs R [--onnx FILE]

PEER: openvino, ort (these read FILE and load nothing of PyTorch, so that the process's
memory is theirs), torch (channels-last), torch-plain, torch-compile, monai. WORK is a key of
works.json. One run warms up. Prints one JSON line: version, median_s, min_s, max_s.
"""
import argparse
import json
import os
import statistics
import time

from works import WORKS


def openvino(work, a):
    import numpy as np
    import openvino as ov

    settings = {"INFERENCE_NUM_THREADS": a.threads, "INFERENCE_PRECISION_HINT": "f32"}
    net = ov.Core().compile_model(a.onnx, "CPU", settings)
    x = pixels(work, np)
    return ov.__version__.split("-")[0], lambda: net([x])


def ort(work, a):
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = a.threads
    net = onnxruntime.InferenceSession(a.onnx, options, providers=["CPUExecutionProvider"])
    x = pixels(work, np)
    return onnxruntime.__version__, lambda: net.run(None, {"x": x})


def pixels(work, np):
    shape = (work["batch"], 1, work["size"], work["size"])
    return np.random.default_rng(0).standard_normal(shape, dtype=np.float32)


def torch(work, a):
    import numpy as np
    import torch
    from unet import UNet

    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    net = UNet(work["arch"], work["width"], work["pools"])
    x = torch.from_numpy(pixels(work, np))
    if a.peer != "torch-plain":
        net, x = net.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    if a.peer == "monai":
        return monai(work, net.eval(), x)
    run = torch.compile(net) if a.peer == "torch-compile" else net
    if work.get("train"):
        return torch.__version__, training(net.train(), run, x)
    net.eval()

    def forward():
        with torch.inference_mode():
            run(x)

    return torch.__version__, forward


def training(net, run, x):
    import torch

    adam = torch.optim.Adam(net.parameters(), fused=True)
    with torch.no_grad():
        target = (net(x)[:, 0] > 0).long()

    def step():
        adam.zero_grad()
        torch.nn.functional.cross_entropy(run(x), target).backward()
        adam.step()

    return step


def monai(work, net, x):
    import monai
    import torch
    from monai.inferers import sliding_window_inference

    side = (work["tile"], work["tile"])

    def predict():
        with torch.inference_mode():
            sliding_window_inference(x, side, 1, net, overlap=work["overlap"] / work["tile"], mode="gaussian")

    return monai.__version__, predict


PEERS = {"openvino": openvino, "ort": ort, "torch": torch, "torch-plain": torch, "torch-compile": torch, "monai": torch}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("peer", choices=PEERS)
    p.add_argument("work", choices=WORKS)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--onnx")
    a = p.parse_args()
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(a.threads)  # before they are imported
    version, run = PEERS[a.peer](WORKS[a.work], a)
    run()
    seconds = []
    for _ in range(a.runs):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"version": version, "median_s": statistics.median(seconds), "min_s": min(seconds), "max_s": max(seconds)}))


if __name__ == "__main__":
    main()
