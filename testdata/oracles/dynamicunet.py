"""fastai's own DynamicUnet on the encoder of arch/, block by block. The weights
are stored under the names, and in the channel order, of arch/fastai: we join the
skip before the decoder, fastai the decoder before the skip."""

import json
import warnings

import torch
from torch import nn

warnings.filterwarnings("ignore")
from fastai.vision.models.unet import DynamicUnet  # noqa: E402

from kinks import farthest, rolled, rolls  # noqa: E402
from ops import draw  # noqa: E402
from store import Store, thin  # noqa: E402

POOLS, WIDTH = 2, 2
# name: (height, width, blur, stride of stored maps)
runs = {
    "small": (31, 32, True, 3),
    "smoke": (127, 128, True, 9),  # the odd size of fastai's own test
    "sharp": (31, 32, False, 3),
}


def encoder():
    levels, i = [], 1
    for l in range(POOLS + 1):
        o = WIDTH << l
        level = [nn.MaxPool2d(2)] if l else []
        for k in range(2):
            level += [nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU()]
            i = o
        levels.append(nn.Sequential(*level))
    return nn.Sequential(*levels)


def turned(first):
    """Moves the first channels behind the others, or back."""
    return lambda t, axis: torch.cat([t.narrow(axis, first, t.shape[axis] - first), t.narrow(axis, 0, first)], axis)


class Names:
    """Our name of every module of a DynamicUnet, and how its channels turn."""

    def __init__(self, net):
        self.modules, self.values = [], []  # (name, module, by input channel, by output channel), (node, module, turn)
        layers = list(net.layers)
        for l, level in enumerate(layers[0]):
            found = [m for m in level if isinstance(m, (nn.Conv2d, nn.BatchNorm2d))]
            for k in range(2):
                self.add(f"enc{l}.conv{k}", found[2 * k])
                self.add(f"enc{l}.norm{k}", found[2 * k + 1])
        self.add("mid.norm", layers[1])
        self.add("mid.conv0", layers[3][0][0])
        self.add("mid.conv1", layers[3][1][0])
        self.values.append(("mid.relu1", layers[3], None))
        for l, block in zip(reversed(range(POOLS)), layers[4:]):
            self.add(f"dec{l}.upconv", block.shuf[0][0])
            self.values.append((f"dec{l}.blur" if len(block.shuf) > 2 else f"dec{l}.up", block.shuf, None))
            self.add(f"dec{l}.norm", block.bn)
            self.add(f"dec{l}.conv0", block.conv1[0], rows=turned(block.shuf[0][0].out_channels // 4))
            self.add(f"dec{l}.conv1", block.conv2[0])
            self.values.append((f"dec{l}.relu1", block, None))
        cross, head = layers[4 + POOLS + 2], layers[4 + POOLS + 3]
        turn = turned(head[0].in_channels - 1)
        self.add("cross.conv0", cross.convpath[0][0], rows=turn)
        self.add("cross.conv1", cross.convpath[1][0], columns=turn)
        self.values.append(("cross.relu1", cross, turn))
        self.add("head", head[0], rows=turn)
        self.values.append(("head", head, None))

    def add(self, name, module, rows=None, columns=None):
        self.modules.append((name, module, rows, columns))

    def params(self):
        """Our name, the tensor, and what turns it into our channel order."""
        for name, m, rows, columns in self.modules:
            if isinstance(m, nn.BatchNorm2d):
                for ours, t in ("gamma", m.weight), ("beta", m.bias), ("mean", m.running_mean), ("var", m.running_var):
                    yield f"{name}.{ours}", t, lambda t: t
                continue

            def weight(t, rows=rows, columns=columns):
                t = rows(t, 1) if rows else t
                return columns(t, 0) if columns else t

            yield name + ".weight", m.weight, weight
            yield name + ".bias", m.bias, lambda t, columns=columns: columns(t, 0) if columns else t


def build(h, w, blur):
    net = DynamicUnet(encoder(), 2, (h, w), blur=blur).double()
    r = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for name, t, _ in Names(net).params():
            v = draw(r, *t.shape)
            if name.endswith(".weight"):
                v *= (2 / t[0].numel()) ** 0.5
            elif name.endswith(".gamma"):
                v = 1 + 0.2 * v
            elif name.endswith(".var"):
                v = 0.5 + 0.5 * v.abs()
            else:
                v *= 0.1
            t.copy_(v.float())
    return net


def window(tile, roll, h, w):
    """h×w px of the tile, repeated."""
    return rolled(tile, roll).repeat(1, 1, 5, 4)[..., :h, :w]


def watched(net, kinks):
    """net in training, which tells kinks of what it does."""
    for m in net.modules():
        if isinstance(m, nn.ReLU):
            m.register_forward_pre_hook(lambda m, x: kinks.relu(x[0]))
        elif isinstance(m, nn.MaxPool2d):
            m.register_forward_pre_hook(lambda m, x: kinks.pool(x[0]))
    return net.train()


def make(path):
    s, r = Store(), torch.Generator().manual_seed(3)
    tile = draw(r, 2, 1, 31, 32)
    s.put("x", tile)
    for run, (h, w, blur, stride) in runs.items():
        roll = farthest(rolls(120 if run == "smoke" else 40), lambda roll, kinks: watched(build(h, w, blur), kinks)(window(tile, roll, h, w)))
        x = window(tile, roll, h, w)
        net = build(h, w, blur)
        names = Names(net)
        s.meta[run] = json.dumps(dict(height=h, width=w, blur=blur, stride=stride, pools=POOLS, channels=WIDTH, roll=roll,
                                      nodes=[n for n, _, _ in names.values]))
        if run == "small":
            assert len(list(net.parameters())) == sum(1 for n, _, _ in names.params() if not n.endswith((".mean", ".var")))
            s.meta["params"] = json.dumps([name for name, _, _ in names.params()])
            s.put_all("weights", (turn(t) for _, t, turn in names.params()))
        seen = {}
        for node, m, _ in names.values:
            m.register_forward_hook(lambda m, x, y, node=node: seen.__setitem__(node, y))
        for mode in "eval", "train":
            net.train(mode == "train")
            y = net(x)
            assert y.shape == (2, 2, h, w)
            for node, _, turn in names.values:
                v = seen[node]
                s.put(f"{run}/{mode}/{node}", thin(turn(v, 1) if turn else v, stride))
        dy = draw(r, *y.shape)
        # Of the output's gradient only every stride-th pixel is not zero, so that little is stored.
        sparse = torch.zeros_like(dy)
        thin(sparse, stride).copy_(thin(dy, stride))
        s.put(run + "/dy", thin(sparse, stride))
        y.as_subclass(torch.Tensor).backward(sparse)
        s.put_all(run + "/grad", (turn(t.grad) for _, t, turn in names.params() if t.requires_grad))
    s.write(path)
