"""`unetbench compare` without arguments, in PyTorch: the same arms, recipe and scenes.

    unetbench synth --out scenes
    python compare_torch.py scenes [--seeds 6] [--steps 400] [--processes 2] [--layout channels-last]
                            [--against unetbench-report/results.json]

Networks are trained side by side, one thread each. Prints for each arm the mean Dice on the
test scenes and its standard deviation over the seeds, and the seconds from start to end.
With --against, the same from a comparison that unetbench made, and their difference: random
streams differ, so that the two agree where 0 lies within the interval of the difference;
the fewer seeds, the less that says. It is Welch's, at 95 % for all arms together (Bonferroni).
"""
import argparse
import json
import multiprocessing
import os
import statistics
import sys
import time
from pathlib import Path

from welch import interval

# Sides of what a network reads in training and of the test image's reading, px; and how
# far before the image the latter begins. The supervised patch has 116 px for all.
PATCH = 116
WINDOWS = {
    "valid": (204, 348, -44),
    "padded": (120, 256, 0),
    "resized-skip": (204, 348, -44),
    "resized-up": (204, 260, 0),
    "no-skip": (204, 348, -44),
}


def main():
    started = time.perf_counter()
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("scenes", type=Path, help="folder that unetbench synth wrote")
    p.add_argument("--arms", default=",".join(WINDOWS), help="comma-separated")
    p.add_argument("--seeds", type=int, default=6)
    p.add_argument("--steps", type=int, default=400)
    p.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)), help="networks trained side by side")
    p.add_argument("--threads", type=int, default=1, help="of each")
    p.add_argument("--layout", choices=["plain", "channels-last"], default="channels-last")
    p.add_argument("--against", type=Path, help="results.json of unetbench compare")
    a = p.parse_args()
    arms = a.arms.split(",")
    os.environ["OMP_NUM_THREADS"] = str(a.threads)
    runs = [(a, arm, seed) for seed in range(1, a.seeds + 1) for arm in arms]
    dice = {arm: [] for arm in arms}
    with multiprocessing.get_context("spawn").Pool(a.processes) as pool:
        for arm, seed, value, seconds in pool.imap_unordered(train, runs):
            dice[arm].append(value)
            print(f"{arm}, seed {seed}: Dice {value:.2f} %, {seconds:.1f} s", file=sys.stderr, flush=True)
    theirs = samples(a.against) if a.against else {}
    print("| arm | Dice, % | ± | " + ("unetbench, % | ± | difference | interval | 0 within |\n|---|---|---|---|---|---|---|---|" if theirs else "\n|---|---|---|"))
    for arm in arms:
        print(row(arm, dice[arm], theirs.get(arm), 1 - 0.05 / len(arms)))
    print(f"\n{time.perf_counter() - started:.1f} s from start to end: {len(runs)} networks, {a.steps} steps, {a.processes} × {a.threads} thread(s), {a.layout}")


def row(arm, dice, theirs, level):
    cells = [arm, f"{statistics.mean(dice):.2f}", spread(dice)]
    if theirs:
        low, high = interval(theirs, dice, level)
        cells += [f"{statistics.mean(theirs):.2f}", spread(theirs), f"{statistics.mean(theirs) - statistics.mean(dice):+.2f}",
                  f"{low:+.2f} … {high:+.2f}", "yes" if low <= 0 <= high else "no"]
    return "| " + " | ".join(cells) + " |"


def spread(values):
    return f"{statistics.stdev(values):.2f}" if len(values) > 1 else "-"


def samples(path):
    """Per arm, each seed's mean Dice over the test images, predicted whole."""
    found = {}
    for s in json.loads(path.read_text())["samples"]:
        if s["metric"] == "dice" and s["tile"] == "whole" and s["regime"] == "output":
            found.setdefault(s["arm"], {}).setdefault(s["seed"], []).append(s["value"])
    return {arm: [statistics.mean(v) for v in seeds.values()] for arm, seeds in found.items()}


def train(job):
    a, arm, seed = job
    import recipe  # in the process that trains, as it brings PyTorch

    return recipe.train(a, arm, seed, *WINDOWS[arm], PATCH)


if __name__ == "__main__":
    main()
