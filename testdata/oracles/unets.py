"""The variants of arch/ written in PyTorch from the papers and from the README's
table: output, loss, gradients, and what ten steps of the recipe
(internal/train/recipe.go) make of the weights."""

import json

import torch
import torch.nn.functional as F

from kinks import farthest, rolled, rolls
from ops import crop, draw
from store import Store, thin

STRIDE = 3  # of stored maps
STEPS = 10


def modes(interp):
    return {"bilinear": dict(mode="bilinear"), "bilinear-align": dict(mode="bilinear", align_corners=True), "nearest": dict(mode="nearest")}[interp]


class UNet:
    def __init__(self, variant, pools=1, width=4, up="transposed", norm="batch", padding="zero", interp="bilinear"):
        self.variant, self.pools, self.width, self.up, self.norm, self.padding, self.interp = variant, pools, width, up, norm, padding, interp

    def description(self):
        """arch.Describe's words."""
        return {"in": "1", "classes": "2", "pools": str(self.pools), "width": str(self.width), "up": self.up, "norm": self.norm,
                "padding": self.padding, "interp": self.interp, "dropout": "0"}

    def shapes(self):
        """Parameters by name, in the order of arch.UNet."""
        s = {}

        def affine(name, *shape, out):
            s[name + ".weight"], s[name + ".bias"] = shape, (out,)

        def block(at, i, o):
            for k in range(2):
                affine(f"{at}.conv{k}", o, i, 3, 3, out=o)
                if self.norm != "none":
                    for p in ("gamma", "beta", "mean", "var")[: 4 if self.norm == "batch" else 2]:
                        s[f"{at}.norm{k}.{p}"] = (o,)
                i = o

        i = 1
        for l in range(self.pools + 1):
            block(f"enc{l}", i, self.width << l)
            i = self.width << l
        for l in reversed(range(self.pools)):
            i, o = self.width << l + 1, self.width << l
            if self.up == "transposed":
                affine(f"dec{l}.up", i, o, 2, 2, out=o)
            elif self.up in ("bilinear", "nearest"):
                affine(f"dec{l}.upconv", o, i, 1, 1, out=o)
            else:
                affine(f"dec{l}.upconv", 4 * o, i, 1, 1, out=4 * o)
            block(f"dec{l}", 2 * o, o)
        affine("head", 2, self.width, 1, 1, out=2)
        return s

    def draw(self, r):
        w = {}
        for name, shape in self.shapes().items():
            v = draw(r, *shape)
            kind = name.rsplit(".", 1)[1]
            if kind == "weight":
                v *= (2 / v[0].numel()) ** 0.5
            elif kind == "gamma":
                v = 1 + 0.2 * v
            elif kind == "var":
                v = 0.5 + 0.5 * v.abs()
            else:
                v *= 0.1
            w[name] = v.float().double()
        return w

    def block(self, w, at, x, train, kinks):
        for k in range(2):
            if self.variant == "padded":
                x = F.pad(x, (1, 1, 1, 1), mode={"zero": "constant"}.get(self.padding, self.padding))
            x = F.conv2d(x, w[f"{at}.conv{k}.weight"], w[f"{at}.conv{k}.bias"])
            p = [w.get(f"{at}.norm{k}.{p}") for p in ("mean", "var", "gamma", "beta")]
            if self.norm == "batch":
                x = F.batch_norm(x, *p, training=train)
            elif self.norm == "instance":
                x = F.instance_norm(x, weight=p[2], bias=p[3])
            elif self.norm == "group":
                x = F.group_norm(x, 4, p[2], p[3])
            if kinks:
                kinks.relu(x)
            x = F.relu(x)
        return x

    def upsample(self, w, at, x):
        if self.up == "transposed":
            return F.conv_transpose2d(x, w[at + ".up.weight"], w[at + ".up.bias"], stride=2)
        if self.up in ("bilinear", "nearest"):
            x = F.interpolate(x, scale_factor=2, **modes(self.up))
        x = F.conv2d(x, w[at + ".upconv.weight"], w[at + ".upconv.bias"])
        if self.up.startswith("shuffle"):
            x = F.pixel_shuffle(x, 2)
        if self.up == "shuffle-blur":
            x = F.avg_pool2d(F.pad(x, (1, 0, 1, 0), mode="replicate"), 2, stride=1)
        return x

    def join(self, enc, up):
        if self.variant == "valid":
            enc = crop(enc, up)
        elif self.variant == "no-skip":
            enc = torch.zeros_like(crop(enc, up))
        elif self.variant == "resized-skip":
            enc = F.interpolate(enc, up.shape[-2:], **modes(self.interp))
        elif self.variant == "resized-up":
            up = F.interpolate(up, enc.shape[-2:], **modes(self.interp))
        return torch.cat([enc, up], 1)

    def forward(self, w, x, train, kinks=None):
        image, skips = x, []
        for l in range(self.pools + 1):
            if l > 0:
                if kinks:
                    kinks.pool(x)
                x = F.max_pool2d(x, 2)
            x = self.block(w, f"enc{l}", x, train, kinks)
            skips.append(x)
        for l in reversed(range(self.pools)):
            x = self.block(w, f"dec{l}", self.join(skips[l], self.upsample(w, f"dec{l}", x)), train, kinks)
        x = F.conv2d(x, w["head.weight"], w["head.bias"])
        if self.variant == "resized-up":
            x = F.interpolate(x, image.shape[-2:], **modes(self.interp))
        return x


def loss_of(y, labels):
    """Mean cross-entropy over the supervised centre, in nats per pixel."""
    return F.cross_entropy(crop(y, labels), labels)


def symmetric(x, out):
    """Labels that all eight orientations leave as they are, so that those drawn in
    training make no difference: where the blurred and folded image is bright."""
    v = F.avg_pool2d(x[0, 0, :out, :out][None], 5, stride=1, padding=2)[0]
    v = v + v.flip(0)
    v = v + v.flip(1)
    return (v + v.T > 0).long()


def trained(name):
    return not name.endswith((".mean", ".var"))


def recipe(net, w, x, labels):
    """Adam with a rate that rises over 20 steps; the losses, and the running
    average of everything, statistics included, as it is after STEPS steps."""
    w = {k: v.clone().requires_grad_(trained(k)) for k, v in w.items()}
    average = {k: v.detach().clone() for k, v in w.items()}
    adam = torch.optim.Adam([v for v in w.values() if v.requires_grad], lr=0, betas=(0.9, 0.999), eps=1e-8)
    losses = []
    for t in range(STEPS):
        adam.param_groups[0]["lr"] = 3e-3 * (t + 1) / 20
        adam.zero_grad()
        loss = loss_of(net.forward(w, x, True), labels)
        loss.backward()
        adam.step()
        losses.append(loss.detach())
        for k, v in w.items():
            average[k] += (1 - min(0.99, (1 + t) / (10 + t))) * (v.detach() - average[k])
    return torch.stack(losses), average


# name: (network, input side, supervised side)
nets = {}
for pools, side in (1, 36), (2, 60):
    for variant in "valid", "no-skip", "resized-skip", "resized-up":
        nets[f"{variant}-{pools}"] = (UNet(variant, pools), side, 20)
    nets[f"padded-{pools}"] = (UNet("padded", pools), 12 + 8 * pools, 8 + 8 * pools)
for padding in "reflect", "replicate", "circular":
    nets["padded-" + padding] = (UNet("padded", padding=padding), 24, 20)
for interp in "bilinear-align", "nearest":
    nets["resized-skip-" + interp] = (UNet("resized-skip", interp=interp), 36, 20)
    nets["resized-up-" + interp] = (UNet("resized-up", interp=interp), 36, 20)
for norm in "none", "instance", "group":
    nets["valid-" + norm] = (UNet("valid", norm=norm), 36, 20)
for up in "bilinear", "nearest", "shuffle", "shuffle-blur":
    nets["padded-" + up] = (UNet("padded", up=up), 24, 20)


def make(path):
    s, r = Store(), torch.Generator().manual_seed(2)
    x = draw(r, 2, 1, 60, 60)
    s.put("x", x)
    labels = {out: symmetric(x, out) for out in sorted({out for _, _, out in nets.values()})}
    for out, l in labels.items():
        s.put(f"labels{out}", l.double())
    drawn = {}
    for name, (net, side, out) in nets.items():
        key = json.dumps(net.shapes())
        if key not in drawn:
            drawn[key] = f"weights{len(drawn)}", net.draw(r)
            s.put_all(drawn[key][0], drawn[key][1].values())
        weights, w = drawn[key]
        roll = farthest(rolls(40), lambda r, kinks: net.forward({k: v.clone() for k, v in w.items()}, rolled(x, r)[..., :side, :side], True, kinks))
        xs, ls = rolled(x, roll)[..., :side, :side], labels[out].expand(2, out, out)
        s.meta[name] = json.dumps(dict(net.description(), variant=net.variant, weights=weights, side=side, out=out, roll=roll))
        s.put(name + "/eval", thin(net.forward(w, xs, False), STRIDE))
        g = {k: v.clone().requires_grad_(trained(k)) for k, v in w.items()}
        y = net.forward(g, xs, True)
        loss_of(y, ls).backward()
        s.put(name + "/y", thin(y, STRIDE))
        s.put_all(name + "/grad", (v.grad for k, v in g.items() if trained(k)))
        losses, average = recipe(net, w, xs, ls)
        s.put(name + "/losses", losses)
        if name.endswith("-1"):  # for the others the losses have to do
            s.put_all(name + "/average", average.values())
    s.write(path)
