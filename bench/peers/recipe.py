"""The training recipe of unetbench in PyTorch, for one network."""
import time

import numpy as np
import torch
import torch.nn.functional as F
from scenes import cut, load, patches
from unet import UNet

RATE, WARMUP, BATCH, DECAY = 3e-3, 20, 2, 0.99


def train(a, arm, seed, read, whole, before, patch):
    """Trains arm from seed; the result is (arm, seed, Dice in %, seconds)."""
    started = time.perf_counter()
    torch.set_num_threads(a.threads)
    torch.manual_seed(seed)
    layout = torch.channels_last if a.layout == "channels-last" else torch.contiguous_format
    net = UNet(arm, width=8, pools=3, norm=True).to(memory_format=layout)
    adam = torch.optim.Adam(net.parameters(), lr=RATE, fused=True)
    moved = [t for t in net.state_dict().values() if t.is_floating_point()]  # weights and running statistics
    average = [t.clone() for t in moved]
    windows = patches(load(a.scenes / "train"), seed, read, patch)
    for step in range(a.steps):
        batch = [next(windows) for _ in range(BATCH)]
        x = torch.from_numpy(np.stack([w[0] for w in batch]))[:, None].contiguous(memory_format=layout)
        labels = torch.from_numpy(np.stack([w[1] for w in batch]))
        adam.param_groups[0]["lr"] = RATE * min(1, (step + 1) / WARMUP)
        adam.zero_grad()
        logits = net(x)
        border = (logits.shape[2] - patch) // 2
        F.cross_entropy(logits[:, :, border : border + patch, border : border + patch], labels).backward()
        adam.step()
        with torch.no_grad():
            torch._foreach_lerp_(average, moved, 1 - min(DECAY, (1 + step) / (10 + step)))
    with torch.no_grad():
        torch._foreach_copy_(moved, average)
    scores = [dice(net.eval(), layout, scene, whole, before) for scene in load(a.scenes / "test")]
    return arm, seed, 100 * sum(scores) / len(scores), time.perf_counter() - started


@torch.inference_mode()
def dice(net, layout, scene, whole, before):
    """2·TP/(2·TP+FP+FN) of one image predicted in one piece."""
    image, labels = scene
    x = torch.from_numpy(cut(image, before, before, whole, whole))[None, None].contiguous(memory_format=layout)
    logits = net(x)[0, :, : labels.shape[0], : labels.shape[1]]
    found, truth = (logits[1] > logits[0]).numpy(), labels == 1
    return 2 * (found & truth).sum() / (found.sum() + truth.sum())
