"""Writes metrics.json: what the field's own tools say of small masks.

    pip install -r requirements-metrics.txt && python metrics.py

Three tools are not on PyPI; what is needed of them is written out below from
their public sources: boundary-iou-api (8006aa9), MetricsReloaded (00219d0) and
Fiji's Trainable Segmentation (0c1783d), whose script is ISBI 2012's official
scorer. jocpae/clDice (07fe900) is four lines around scikit-image.
"""
import json
import math
import warnings

import numpy as np
import scipy
from scipy import ndimage

warnings.filterwarnings("ignore")
np.Inf, np.NaN = np.inf, np.nan  # surface-distance 0.1 asks numpy 2 for these names
if not hasattr(ndimage, "filters"):
    ndimage.filters, ndimage.morphology = ndimage, ndimage

import monai
import skimage
import sklearn
import surface_distance as sd
import torch
from monai.metrics import compute_hausdorff_distance, compute_surface_dice
from skimage.metrics import adapted_rand_error, variation_of_information
from skimage.morphology import skeletonize
from sklearn.metrics import average_precision_score, f1_score, jaccard_score

rng = np.random.default_rng(2012)


def blobs(h, w, sigma, share):
    """A random mask of smooth shapes that fills about that share."""
    v = ndimage.gaussian_filter(rng.standard_normal((h, w)), sigma)
    return v > np.quantile(v, 1 - share)


def box(h, w, y, x, dy, dx):
    m = np.zeros((h, w), bool)
    m[y:y + dy, x:x + dx] = True
    return m


def disc(h, w, y, x, r):
    yy, xx = np.mgrid[:h, :w]
    return (yy - y) ** 2 + (xx - x) ** 2 <= r * r


def lines(h, w, n, width):
    """Membranes: the borders of a Voronoi diagram of n sites, and the cells."""
    site = rng.uniform(0, 1, (n, 2)) * (h, w)
    yy, xx = np.mgrid[:h, :w]
    d = np.sort(np.hypot(yy[..., None] - site[:, 0], xx[..., None] - site[:, 1]), axis=-1)
    return d[..., 1] - d[..., 0] < width


def pairs():
    """(name, truth, prediction): two masks of one size."""
    none, every = np.zeros((12, 15), bool), np.ones((12, 15), bool)
    yield "both empty", none, none
    yield "nothing predicted", box(12, 15, 3, 4, 5, 6), none
    yield "nothing there", none, box(12, 15, 3, 4, 5, 6)
    yield "everything twice", every, every
    yield "everything predicted", box(12, 15, 3, 4, 5, 6), every
    yield "equal", disc(21, 23, 10, 11, 7), disc(21, 23, 10, 11, 7)
    yield "single pixel", box(9, 9, 4, 4, 1, 1), box(9, 9, 4, 4, 1, 1)
    yield "single pixels apart", box(9, 13, 4, 2, 1, 1), box(9, 13, 6, 10, 1, 1)
    yield "corner pixels", box(8, 10, 0, 0, 1, 1), box(8, 10, 7, 9, 1, 1)
    yield "touching pixels", box(8, 8, 3, 3, 1, 1) | box(8, 8, 4, 4, 1, 1), box(8, 8, 3, 4, 1, 1) | box(8, 8, 4, 3, 1, 1)
    yield "one pixel image", np.ones((1, 1), bool), np.ones((1, 1), bool)
    yield "one row", rng.random((1, 24)) < .5, rng.random((1, 24)) < .5
    yield "one column", rng.random((17, 1)) < .5, rng.random((17, 1)) < .5
    yield "two rows", rng.random((2, 30)) < .6, rng.random((2, 30)) < .6
    yield "at the border", box(20, 24, 0, 5, 9, 11), box(20, 24, 0, 7, 7, 12)
    yield "in the corner", box(20, 24, 11, 15, 9, 9), box(20, 24, 9, 17, 11, 7)
    yield "frame", ~box(18, 22, 3, 3, 12, 16), ~box(18, 22, 4, 5, 10, 12)
    yield "shifted", disc(30, 28, 14, 13, 9), disc(30, 28, 16, 15, 9)
    yield "grown", disc(30, 28, 14, 13, 8), disc(30, 28, 14, 13, 11)
    yield "an outlier", disc(30, 40, 14, 10, 7), disc(30, 40, 14, 10, 7) | box(30, 40, 27, 37, 1, 1)
    yield "ring", disc(25, 25, 12, 12, 10) & ~disc(25, 25, 12, 12, 6), disc(25, 25, 12, 12, 9) & ~disc(25, 25, 13, 12, 5)
    yield "membranes", lines(40, 44, 9, 2.5), lines(40, 44, 9, 3)
    m = lines(40, 40, 8, 4)
    yield "thin and thick", m, ndimage.binary_erosion(m)
    yield "broken", m, m & ~blobs(40, 40, 1.5, .2)
    yield "diagonals", np.eye(20, 26, dtype=bool) | np.eye(20, 26, 5, dtype=bool), np.eye(20, 26, 1, dtype=bool)
    yield "checkerboard", np.indices((9, 12)).sum(0) % 2 == 0, np.indices((9, 12)).sum(0) % 2 == 1
    for share in (.1, .5, .9):
        yield f"noise {share}", rng.random((19, 22)) < share, rng.random((19, 22)) < share
    for sigma in (1, 2, 4):
        yield f"blobs {sigma}", blobs(32, 29, sigma, .4), blobs(32, 29, sigma, .45)
    a = blobs(41, 33, 2, .5)
    for k in range(4):
        yield f"blobs and noise {k}", a, a ^ (rng.random(a.shape) < .02 * k)
    yield "band of 2", blobs(76, 64, 5, .5), blobs(76, 64, 5, .5)  # 2 % of this diagonal rounds to 2


# --- the tools that are on PyPI

def surface_distance_of(t, p):
    d = sd.compute_surface_distances(t, p, (1, 1))
    out = {"hd95": sd.compute_robust_hausdorff(d, 95), "hd50": sd.compute_robust_hausdorff(d, 50), "hd": sd.compute_robust_hausdorff(d, 100)}
    for tau in (0, 1, 2):
        out[f"nsd{tau}"] = sd.compute_surface_dice_at_tolerance(d, tau)
    return out


def monai_of(t, p):
    one = lambda m: torch.from_numpy(m)[None, None].float()
    t, p = one(t), one(p)
    hd = lambda q: float(compute_hausdorff_distance(p, t, include_background=True, percentile=q))
    out = {"hd95": hd(95), "hd50": hd(50), "hd": hd(None)}
    for tau in (0, 1, 2):
        out[f"nsd{tau}"] = float(compute_surface_dice(p, t, [tau], include_background=True))
        out[f"nsd{tau}_subvoxels"] = float(compute_surface_dice(p, t, [tau], include_background=True, use_subvoxels=True))
    return out


def cldice_of(t, p):
    def share(v, s):
        return np.sum(v * s) / np.sum(s)
    with np.errstate(all="ignore"):
        precision, sensitivity = share(p, skeletonize(t)), share(t, skeletonize(p))  # names swapped as in the original
        return {"cldice": 2 * precision * sensitivity / (precision + sensitivity)}


# --- the tools that are not

def boundary_iou_api_of(t, p):
    def boundary(m):
        h, w = m.shape
        d = max(1, int(round(.02 * np.sqrt(h ** 2 + w ** 2))))
        eroded = ndimage.binary_erosion(np.pad(m, 1), np.ones((3, 3)), iterations=d, border_value=1)
        return m & ~eroded[1:-1, 1:-1]
    t, p = boundary(t), boundary(p)
    with np.errstate(all="ignore"):
        return {"biou": np.sum(t & p) / np.sum(t | p)}


def metrics_reloaded_of(t, p):
    if not t.any() or not p.any():
        return {}  # it measures the distance to nothing, which scipy does not define
    border = lambda m: m & ~ndimage.binary_erosion(m)
    far = lambda m: ndimage.distance_transform_edt(~border(m))
    to_t, to_p = far(t)[border(p)], far(p)[border(t)]
    out = {"hd": max(to_t.max(), to_p.max())}
    for q in (50, 95):
        out[f"hd{q}"] = max(np.percentile(to_t, q), np.percentile(to_p, q))
    for tau in (0, 1, 2):
        out[f"nsd{tau}"] = (np.sum(to_t <= tau) + np.sum(to_p <= tau)) / (len(to_t) + len(to_p))
    for d in (1, 2, 3):
        a, b = (far(t) < d) & t, (far(p) < d) & p
        out[f"biou{d}"] = np.sum(a & b) / np.sum(a | b)
    return out


def watershed(interior):
    """Soille & Vincent's flooding of 0 in the interior, 255 outside, 4-connected,
    in the order of Fiji's WatershedTransform2D: pixels by column, neighbours
    left, up, right, down. 0 is a dam."""
    INIT, MASK, QUEUED = -1, -2, -3
    h, w = interior.shape
    label = np.full((h, w), INIT)
    next_to = lambda y, x: [(v, u) for u, v in ((x - 1, y), (x, y - 1), (x + 1, y), (x, y + 1)) if 0 <= u < w and 0 <= v < h]
    count, flag = 0, False
    for level in (True, False):
        pixels = [(y, x) for x in range(w) for y in range(h) if interior[y, x] == level]
        fifo = []
        for p in pixels:
            label[p] = MASK
            if any(label[q] >= 0 for q in next_to(*p)):
                label[p] = QUEUED
                fifo.append(p)
        while fifo:
            p = fifo.pop(0)
            for q in next_to(*p):
                if label[q] > 0:
                    if label[p] == QUEUED or label[p] == 0 and flag:
                        label[p] = label[q]
                    elif label[p] > 0 and label[p] != label[q]:
                        label[p], flag = 0, False
                elif label[q] == 0:
                    if label[p] == QUEUED:
                        label[p], flag = 0, True
                elif label[q] == MASK:
                    label[q] = QUEUED
                    fifo.append(q)
        for p in pixels:  # new minima
            if label[p] != MASK:
                continue
            count += 1
            label[p] = count
            fifo = [p]
            while fifo:
                for q in next_to(*fifo.pop(0)):
                    if label[q] == MASK:
                        label[q] = count
                        fifo.append(q)
    return label


def isbi_of(truth, proposal):
    """V_Rand and V_Info of one threshold: precision and recall of the
    foreground-restricted statistics with N² normalisation."""
    a, _ = ndimage.label(truth)
    b = watershed(proposal)
    n = np.sum(a > 0)
    p = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(p, (a, b), 1)
    p /= n
    ai, bj, pij, lost = p[1:].sum(1), p[1:, 1:].sum(0), p[1:, 1:], p[1:, 0].sum()
    both = (pij ** 2).sum() + lost / n
    precision, recall = both / ((bj ** 2).sum() + lost / n), both / (ai ** 2).sum()
    log = lambda v: sum(x * math.log(x) for x in np.ravel(v) if x > 0)
    s_a, s_b, s_ab = log(ai), log(bj) - lost * math.log(n), log(pij) - lost * math.log(n)
    h_a, h_b, h_ab, h_ba = -s_a, -s_b, s_b - s_ab, s_a - s_ab
    f = lambda x, y: 2 * x * y / (x + y) if x + y else 0.
    if h_a == 0 or h_b == 0:
        info = 0.
    else:
        info = f((h_a - h_ab) / h_a, (h_b - h_ba) / h_b)
    return {"vrand": f(precision, recall), "vinfo": info}


def thresholds():
    t = 0.
    while t <= 1:
        yield t
        t += .1


# --- what is written

def number(v):
    v = float(v)
    return v if math.isfinite(v) else str(v)  # "nan", "inf"


def numbers(d):
    return {k: number(v) for k, v in d.items()}


def rows(m):
    return ["".join(".#"[v] for v in row) for row in m.astype(int)]


def digits(m):
    """Rows of small numbers, one character each: "0" is 0, "1" is 1, ":" is 10, …, "~" is 78."""
    return ["".join(chr(48 + v) for v in row) for row in m] if m.max() < 79 else []


def masks():
    for name, t, p in pairs():
        yield {"name": name, "truth": rows(t), "pred": rows(p),
               "skeleton": rows(skeletonize(t)),
               "surface-distance": numbers(surface_distance_of(t, p)), "monai": numbers(monai_of(t, p)),
               "metrics-reloaded": numbers(metrics_reloaded_of(t, p)), "boundary-iou-api": numbers(boundary_iou_api_of(t, p)),
               "cldice": numbers(cldice_of(t, p))}


def segmentations():
    """Label images for scikit-image; 0 in truth is not counted."""
    def case(name, t, p):
        error, precision, recall = adapted_rand_error(t, p, ignore_labels=(0,))
        splits, merges = variation_of_information(t, p, ignore_labels=(0,))
        return {"name": name, "truth": digits(t), "pred": digits(p),
                "scikit-image": numbers({"error": error, "precision": precision, "recall": recall, "splits": splits, "merges": merges})}
    cells = ndimage.label(~lines(26, 28, 8, 2))[0]
    yield case("equal", cells, cells)
    yield case("shifted", cells, np.roll(cells, 2, 1))
    yield case("all one", cells, np.ones_like(cells))
    yield case("all apart", cells[:7, :11], np.arange(77).reshape(7, 11))
    yield case("nothing predicted", cells, np.zeros_like(cells))
    yield case("nothing there", np.zeros_like(cells), cells)
    yield case("single pixel", box(6, 7, 2, 3, 1, 1).astype(int), box(6, 7, 2, 3, 1, 1).astype(int))
    yield case("two pixels", np.array([[0, 1, 1, 0]]), np.array([[3, 3, 2, 2]]))
    for k in range(4):
        yield case(f"random {k}", rng.integers(0, 3 + 2 * k, (11, 13)), rng.integers(0, 5, (11, 13)))


def challenges():
    """Interiors and proposals in 0…1 for Fiji's script; proposals count 48ths."""
    def case(name, interior, proposal):
        q = np.round(np.clip(proposal, 0, 1) * 48).astype(int)
        at = [isbi_of(interior, q / 48 > t) for t in thresholds()]
        return {"name": name, "interior": rows(interior), "proposal": digits(q),
                "vrand": [number(a["vrand"]) for a in at], "vinfo": [number(a["vinfo"]) for a in at],
                "thin": digits(watershed(q / 48 > .5))}
    cells = ~lines(34, 37, 9, 2.5)
    smooth = ndimage.gaussian_filter(cells.astype(float), 1)
    yield case("smoothed", cells, smooth)
    yield case("thick", cells, ndimage.grey_erosion(cells.astype(float), 3))
    yield case("noisy", cells, smooth + .25 * rng.standard_normal(cells.shape))
    yield case("broken", cells, np.where(blobs(34, 37, 1.5, .12), 1, smooth))
    yield case("split", cells, np.where(blobs(34, 37, 1.5, .1), 0, smooth))
    yield case("unrelated", cells, blobs(34, 37, 2, .6).astype(float))
    yield case("noise", cells, rng.random(cells.shape))
    yield case("one cell", np.ones((9, 11), bool), rng.random((9, 11)))
    yield case("all boundary", cells, np.zeros(cells.shape))
    yield case("no boundary", cells, np.ones(cells.shape))
    yield case("two pixels", np.array([[1, 0, 1]], bool), np.array([[1., .4, 1]]))
    yield case("crossing", ~(box(15, 15, 7, 0, 1, 15) | box(15, 15, 0, 7, 15, 1)), (~(box(15, 15, 5, 0, 5, 15) | box(15, 15, 0, 5, 15, 4))).astype(float))


def classifiers():
    """Scores and labels for scikit-learn; half the scores are tied."""
    for n, share in ((1, 1), (12, .3), (60, .5), (400, .1), (400, .9)):
        truth = rng.random(n) < share
        if not truth.any():
            truth[0] = True
        score = rng.standard_normal(n) + truth
        score = np.where(rng.random(n) < .5, np.round(score), np.round(score * 256) / 256)
        pred = score > 0
        yield {"truth": truth.astype(int).tolist(), "score": score.tolist(),
               "scikit-learn": numbers({"dice": f1_score(truth, pred, zero_division=0), "iou": jaccard_score(truth, pred, zero_division=0), "ap": average_precision_score(truth, score)})}


if __name__ == "__main__":
    out = {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-image": skimage.__version__, "scikit-learn": sklearn.__version__,
                     "torch": torch.__version__.split("+")[0], "monai": monai.__version__, "surface-distance": "0.1"},
        "masks": list(masks()), "segmentations": list(segmentations()), "challenges": list(challenges()), "classifiers": list(classifiers()),
    }
    with open("metrics.json", "w") as f:
        f.write("{\n" + ",\n".join(
            f'"{k}": ' + (json.dumps(v) if isinstance(v, dict) else "[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in v) + "\n]")
            for k, v in out.items()) + "\n}\n")
