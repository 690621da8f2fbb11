"""Every op of the graph as PyTorch computes it: value, and the gradients of
sum(y·dy) by the input and each parameter. The cases are named as in the table of
internal/engine/oracle_ops_test.go, which builds the same in our graph."""

import torch
import torch.nn.functional as F

from store import Store


def crop(x, like):
    """The centre, the smaller half of an odd rest before it."""
    (h, w), (a, b) = x.shape[-2:], like.shape[-2:]
    y, z = (h - a) // 2, (w - b) // 2
    return x[..., y : y + a, z : z + b]


def pad(mode):
    mode = {"zero": "constant"}.get(mode, mode)
    return lambda x: F.pad(x, (1, 2, 2, 3), mode=mode)  # left, right, top, bottom


def resize(mode, h, w):
    """To a smaller size; the size comes from a convolution, as in a network."""
    align = True if mode == "bilinear-align" else None
    kind = mode.removesuffix("-align")

    def f(x, weight, bias):
        like = F.conv2d(x, weight, bias)
        assert like.shape[-2:] == (h, w)
        return torch.cat([F.interpolate(x, (h, w), mode=kind, align_corners=align), like], 1)

    return f, [(1, 2, 12 - h + 1, 14 - w + 1), (1,)]


def enlarge(mode):
    """To a larger size: that of a padded map."""
    align = True if mode == "bilinear-align" else None
    kind = mode.removesuffix("-align")

    def f(x):
        like = F.pad(x, (1, 2, 2, 3))
        return torch.cat([F.interpolate(x, like.shape[-2:], mode=kind, align_corners=align), like], 1)

    return f


def scale(mode, factor):
    align = True if mode == "bilinear-align" else None
    return lambda x: F.interpolate(x, scale_factor=factor, mode=mode.removesuffix("-align"), align_corners=align)


def conv_of_crop(x, w0, b0, w1, b1):
    c = F.conv2d(x, w0, b0)
    return F.conv2d(torch.cat([crop(x, c), c], 1), w1, b1)


# name: (function of input and parameters, input channels × height × width, parameter shapes)
cases = {
    "conv3x3": (F.conv2d, (3, 9, 8), [(5, 3, 3, 3), (5,)]),
    "conv3x3-wide": (F.conv2d, (8, 10, 11), [(8, 8, 3, 3), (8,)]),
    "conv1x1": (F.conv2d, (8, 5, 9), [(3, 8, 1, 1), (3,)]),
    "conv2x3": (F.conv2d, (2, 5, 6), [(3, 2, 2, 3), (3,)]),
    "transpose2": (lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2), (6, 4, 5), [(6, 3, 2, 2), (3,)]),
    "transpose2-wide": (lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2), (16, 3, 4), [(16, 8, 2, 2), (8,)]),
    "transpose3": (lambda x, w, b: F.conv_transpose2d(x, w, b, stride=3), (4, 4, 3), [(4, 3, 3, 3), (3,)]),
    "instance-norm": (lambda x, g, b: F.instance_norm(x, weight=g, bias=b), (5, 7, 6), [(5,), (5,)]),
    "group-norm": (lambda x, g, b: F.group_norm(x, 2, g, b), (6, 7, 6), [(6,), (6,)]),
    "layer-norm": (lambda x, g, b: F.group_norm(x, 1, g, b), (6, 7, 6), [(6,), (6,)]),
    "relu": (F.relu, (3, 4, 5), []),
    "maxpool": (lambda x: F.max_pool2d(x, 2), (3, 6, 8), []),
    "maxpool-odd": (lambda x: F.max_pool2d(x, 2), (5, 7, 9), []),
    "avgpool": (lambda x: F.avg_pool2d(x, 2, stride=1), (3, 6, 8), []),
    "shuffle": (lambda x: F.pixel_shuffle(x, 2), (12, 4, 5), []),
    "shuffle-blur": (lambda x: F.avg_pool2d(F.pad(F.pixel_shuffle(x, 2), (1, 0, 1, 0), mode="replicate"), 2, stride=1), (8, 4, 5), []),
    "crop-concat": (lambda x, w, b: torch.cat([crop(x, c := F.conv2d(x, w, b)), c], 1), (3, 9, 8), [(2, 3, 4, 3), (2,)]),
    "crop-concat-conv": (conv_of_crop, (8, 11, 12), [(8, 8, 3, 3), (8,), (8, 16, 3, 3), (8,)]),
    "sum": (lambda x, w, b: F.conv2d(x, w, b) + x, (3, 5, 7), [(3, 3, 1, 1), (3,)]),
}
for mode in "zero", "reflect", "replicate", "circular":
    cases["pad-" + mode] = (pad(mode), (3, 5, 6), [])
for mode in "bilinear", "bilinear-align", "nearest":
    for h, w in (5, 13), (11, 3), (1, 7):
        f, shapes = resize(mode, h, w)
        cases[f"resize-{mode}-{h}x{w}"] = (f, (2, 12, 14), shapes)
    cases[f"resize-{mode}-larger"] = (enlarge(mode), (2, 4, 5), [])
    for factor in 2, 3:
        cases[f"resize-{mode}-x{factor}"] = (scale(mode, factor), (3, 4, 5), [])


def draw(r, *shape):
    """Standard normal values that float32 holds exactly."""
    return torch.randn(*shape, generator=r, dtype=torch.float32).double()


def batch_norm(s, r):
    """In training by the batch's statistics, which move the running ones; then by those."""
    x, dy = draw(r, 2, 5, 7, 6).requires_grad_(), draw(r, 2, 5, 7, 6)
    p = [draw(r, 5).requires_grad_(), draw(r, 5).requires_grad_(), draw(r, 5), draw(r, 5).abs() + 0.5]
    for name, t in [("x", x), ("dy", dy), *((f"p{i}", t) for i, t in enumerate(p))]:
        s.put("batch-norm/" + name, t)
    s.put("batch-norm/eval", F.batch_norm(x, p[2], p[3], p[0], p[1]))
    y = F.batch_norm(x, p[2], p[3], p[0], p[1], training=True)
    y.backward(dy)
    for name, t in [("y", y), ("dx", x.grad), ("g0", p[0].grad), ("g1", p[1].grad), ("after2", p[2]), ("after3", p[3])]:
        s.put("batch-norm/" + name, t)


def make(path):
    s, r = Store(), torch.Generator().manual_seed(1)
    batch_norm(s, r)
    for name, (f, shape, shapes) in cases.items():
        x = draw(r, 2 if "norm" in name else 1, *shape).requires_grad_()
        p = [draw(r, *q).requires_grad_() for q in shapes]
        y = f(x, *p)
        dy = draw(r, *y.shape)
        y.backward(dy)
        for key, t in [("x", x), ("y", y), ("dy", dy), ("dx", x.grad)]:
            s.put(f"{name}/{key}", t)
        for i, t in enumerate(p):
            s.put(f"{name}/p{i}", t)
            s.put(f"{name}/g{i}", t.grad)
    s.write(path)
