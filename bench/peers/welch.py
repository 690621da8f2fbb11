"""Welch's interval for the difference of two means."""
import math
from statistics import mean, variance


def interval(a, b, level):
    """mean(a) - mean(b), less and plus what covers it with that probability."""
    if min(len(a), len(b)) < 2:
        return -math.inf, math.inf
    va, vb = variance(a) / len(a), variance(b) / len(b)
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    half = quantile((1 + level) / 2, df) * math.sqrt(va + vb)
    return mean(a) - mean(b) - half, mean(a) - mean(b) + half


def quantile(p, df):
    """Of Student's distribution, for p > ½: with t = √df·tan θ its density becomes cos^(df-1) θ."""
    total = mass(math.pi / 2, df)
    low, high = 0.0, math.pi / 2
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if mass(middle, df) < (2 * p - 1) * total else (low, middle)
    return math.sqrt(df) * math.tan(low)


def mass(theta, df, n=2000):
    """∫ cos^(df-1) from 0 to theta, by the midpoint rule."""
    return theta / n * sum(math.cos((i + 0.5) * theta / n) ** (df - 1) for i in range(n))
