"""The drawn scenes as `unetbench synth` writes them, and the patches that training cuts."""

import numpy as np
from PIL import Image


def load(folder):
    """Images, standardised as unetbench has them in memory, and their labels."""
    out = []
    for path in sorted((folder / "images").iterdir()):
        # A grey level is 1/8192 standard deviation of the training set, and 0 is -4 of them.
        image = np.asarray(Image.open(path)).astype(np.float32) / 8192 - 4
        labels = np.asarray(Image.open(folder / "masks" / path.name)) > 0
        out.append((image, labels.astype(np.int64)))
    return out


def mirror(first, length, side):
    """Positions first … first+length-1 as lines of an image: …c b|a b c … y z|y x…"""
    i = np.arange(first, first + length) % (2 * side - 2)
    return np.minimum(i, 2 * side - 2 - i)


def cut(image, y, x, height, width):
    return image[np.ix_(mirror(y, height, image.shape[0]), mirror(x, width, image.shape[1]))]


def patches(scenes, seed, read, supervised):
    """Yields windows without end: read² px of an image, the labels of the supervised² px in
    its centre, in one of the eight orientations."""
    draw = np.random.default_rng(seed)
    border = (read - supervised) // 2
    while True:
        image, labels = scenes[draw.integers(len(scenes))]
        y, x = (draw.integers(n - supervised + 1) for n in labels.shape)
        turns, flip = draw.integers(4), draw.integers(2)
        both = cut(image, y - border, x - border, read, read), labels[y : y + supervised, x : x + supervised]
        yield tuple(np.rot90(a, turns)[:, :: -1 if flip else 1] for a in both)
