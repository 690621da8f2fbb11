"""The U-Net of unetbench in PyTorch: the same parameters, names, sizes and joins.

ARMS names the variants; x is N×C×H×W, the result N×classes×H'×W'.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

# Per variant: padding of the 3×3 convolutions, and what becomes of the skip.
ARMS = {
    "valid": (0, "crop"),
    "padded": (1, "whole"),
    "resized-skip": (0, "resize skip"),
    "resized-up": (0, "resize decoder"),
    "no-skip": (0, "none"),
}


class Block(nn.Module):
    """Twice (3×3 convolution with bias, norm, ReLU)."""

    def __init__(self, cin, cout, pad, norm):
        super().__init__()
        self.conv0 = nn.Conv2d(cin, cout, 3, padding=pad)
        self.conv1 = nn.Conv2d(cout, cout, 3, padding=pad)
        self.norm0 = nn.BatchNorm2d(cout) if norm else nn.Identity()
        self.norm1 = nn.BatchNorm2d(cout) if norm else nn.Identity()

    def forward(self, x):
        missing = self.conv0.in_channels - x.shape[1]
        if missing:  # the skip's channels are zeros, which add nothing
            x = F.conv2d(x, self.conv0.weight[:, missing:], self.conv0.bias, padding=self.conv0.padding)
        else:
            x = self.conv0(x)
        x = F.relu(self.norm0(x), inplace=True)
        return F.relu(self.norm1(self.conv1(x)), inplace=True)


class UNet(nn.Module):
    def __init__(self, arch, width, pools, norm=False, cin=1, classes=2):
        super().__init__()
        pad, self.join = ARMS[arch]
        ch = [width << i for i in range(pools + 1)]
        self.enc = nn.ModuleList(Block(ch[i - 1] if i else cin, ch[i], pad, norm) for i in range(pools + 1))
        self.up = nn.ModuleList(nn.ConvTranspose2d(ch[i + 1], ch[i], 2, 2) for i in range(pools))
        self.dec = nn.ModuleList(Block(2 * ch[i], ch[i], pad, norm) for i in range(pools))
        self.head = nn.Conv2d(width, classes, 1)
        for m in self.modules():  # unetbench's start: 2/fan-in before a ReLU, 1/C else
            if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)):
                three = m.kernel_size == (3, 3)
                nn.init.normal_(m.weight, std=math.sqrt(2 / (9 * m.in_channels) if three else 1 / m.in_channels))
                nn.init.zeros_(m.bias)

    def forward(self, x):
        size, skips = x.shape[2:], []
        for i, block in enumerate(self.enc):
            x = block(F.max_pool2d(x, 2) if i else x)
            skips.append(x)
        for level in reversed(range(len(self.up))):
            x, skip = self.up[level](x), skips[level]
            if self.join == "crop":
                dy, dx = (skip.shape[2] - x.shape[2]) // 2, (skip.shape[3] - x.shape[3]) // 2
                skip = skip[:, :, dy : dy + x.shape[2], dx : dx + x.shape[3]]
            elif self.join == "resize skip":
                skip = resize(skip, x.shape[2:])
            elif self.join == "resize decoder":
                x = resize(x, skip.shape[2:])
            x = self.dec[level](x if self.join == "none" else torch.cat([skip, x], 1))
        x = self.head(x)
        return resize(x, size) if self.join == "resize decoder" else x


def resize(x, size):
    return F.interpolate(x, size=size, mode="bilinear", align_corners=False)


def macs(model, x):
    """Multiply-accumulates of one forward pass of x, in (transposed) convolutions."""
    total = 0

    def count(m, args, out):
        nonlocal total
        across = out.numel() * m.in_channels if isinstance(m, nn.Conv2d) else args[0].numel() * m.out_channels
        total += across * math.prod(m.kernel_size)

    hooks = [m.register_forward_hook(count) for m in model.modules() if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d))]
    with torch.no_grad():
        model(x)
    for h in hooks:
        h.remove()
    return total
