"""How close a network's values come to where its gradient jumps: a ReLU's zero,
and two equal values under a max pool. Of several inputs the one farthest from all
of them is taken, so that rounding carries no value across."""

import torch
import torch.nn.functional as F


class Kinks:
    """The least distance seen, as a share of the largest value of its map."""

    def __init__(self):
        self.least = float("inf")

    def near(self, distance, x):
        if distance.numel():
            self.least = min(self.least, (distance.min() / x.abs().max()).item())

    def relu(self, x):
        x = x.detach()
        self.near(x[x != 0].abs(), x)  # 0 is the work of a ReLU before it

    def pool(self, x):
        windows = F.unfold(x.detach().flatten(0, 1)[:, None], 2, stride=2)
        top = windows.topk(2, dim=1).values
        self.near((top[:, 0] - top[:, 1])[top[:, 0] > 0], x.detach())


def farthest(rolls, run):
    """The roll for which run(roll, kinks) stays farthest away."""

    def least(roll):
        kinks = Kinks()
        with torch.no_grad():
            run(roll, kinks)
        return kinks.least

    return max(rolls, key=least)


def rolls(n):
    """Some ways to move an image round: rows up, columns left."""
    return [(7 * i % 31, 11 * i % 29) for i in range(n)]


def rolled(x, roll):
    return x.roll((-roll[0], -roll[1]), (-2, -1))
