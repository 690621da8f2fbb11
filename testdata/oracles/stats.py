"""Writes stats.json: what scipy and statsmodels make of the samples that
internal/stat, bench.Contrasts and the report's intervals are tried on.

    pip install -r requirements-stats.txt && python stats.py
"""
import json
import math

import numpy as np
import pandas as pd
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import stats
from statsmodels.formula.api import ols
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(1908)


def number(v):
    v = float(v)
    return v if math.isfinite(v) else str(v)


def students_t():
    """Tails and quantiles, where degrees of freedom are fractions too."""
    for df in (1, 1.3, 2, 2.5, 4, 5, 7.75, 14, 29.9, 100):
        for t in (0, .1, 1, 2.5, 7, 40):
            yield {"df": df, "t": t, "p": 2 * stats.t.sf(t, df)}
        for level in (.5, .9, .95, 1 - .05 / 2, 1 - .05 / 3, 1 - .05 / 24, .999):
            yield {"df": df, "level": level, "half": stats.t.ppf((1 + level) / 2, df)}


def one_way():
    """Differences of one seed each: ttest_rel, and t.interval."""
    for n in (2, 3, 4, 6, 12):
        for shift in (0, .5, 3):
            a, b = rng.normal(80, 2, n), rng.normal(80 + shift, 2, n)
            d = b - a
            r = stats.ttest_rel(b, a)
            assert np.isclose(r.pvalue, stats.ttest_1samp(d, 0).pvalue)
            low, high = r.confidence_interval(.95)
            low2, high2 = stats.t.interval(.95, n - 1, d.mean(), stats.sem(d))
            assert np.isclose(low, low2) and np.isclose(high, high2)
            yield {"d": d.tolist(), "p": r.pvalue, "low": low, "high": high}


def two_way():
    """Seeds × images: mean squares by statsmodels' analysis of variance; the
    mean of the table has the variance (MS_seeds + MS_images − MS_rest)/n with
    Satterthwaite's degrees of freedom."""
    for s, i, sd in ((6, 6, (1, 1, 1)), (6, 6, (1, .1, .3)), (6, 6, (.1, 1, .3)), (4, 10, (.5, .5, .5)), (3, 2, (1, 1, .2)), (6, 3, (0, 0, 1)), (12, 24, (1, .5, 2)), (2, 12, (.3, 1, .3)), (5, 30, (.3, 1, .2)), (5, 24, (.4, 1, .2))):
        d = .7 + sd[0] * rng.standard_normal((s, 1)) + sd[1] * rng.standard_normal((1, i)) + sd[2] * rng.standard_normal((s, i))
        t = pd.DataFrame({"v": d.ravel(), "s": np.repeat(np.arange(s), i), "i": np.tile(np.arange(i), s)})
        a = sm.stats.anova_lm(ols("v ~ C(s) + C(i)", t).fit())
        ms, df = (a["sum_sq"] / a["df"]).to_numpy(), a["df"].to_numpy()
        v = ms[0] + ms[1] - ms[2]
        yield {"d": d.tolist(), "mean": d.mean(), "ms": ms.tolist(), "df": df.tolist(),
               "variance": v / d.size, "satterthwaite": v ** 2 / np.sum(ms ** 2 / df)}


def holm():
    for n in (1, 2, 4, 5, 24):
        for power in (1, 3):
            p = rng.random(n) ** power
            p[rng.integers(n)] = p[0]  # a tie
            reject, adjusted, _, _ = multipletests(p, .05, "holm")
            yield {"p": p.tolist(), "adjusted": adjusted.tolist(), "reject": [bool(r) for r in reject]}


def simulation():
    """Coverage at 6 × 6 of the percentile bootstrap over seeds and images, which
    is why it is not used."""
    n, draws = 6, 1000
    r = np.random.default_rng(6)
    out = {}
    for name, sd in (("seeds and images", (1, 1, 1)), ("seeds", (1, 0, .1)), ("rest", (0, 0, 1))):
        inside = 0
        for _ in range(draws):
            d = sd[0] * r.standard_normal((n, 1)) + sd[1] * r.standard_normal((1, n)) + sd[2] * r.standard_normal((n, n))
            if name == "seeds":  # scipy's own, over seeds
                b = stats.bootstrap((d.mean(1),), np.mean, n_resamples=999, method="percentile", rng=r).confidence_interval
                low, high = b.low, b.high
            else:
                s, i = r.integers(n, size=(999, n)), r.integers(n, size=(999, n))
                low, high = np.quantile(d[s[:, :, None], i[:, None, :]].mean((1, 2)), (.025, .975))
            inside += low <= 0 <= high
        out[name] = inside / draws
    return out


if __name__ == "__main__":
    clean = lambda c: {k: number(v) if isinstance(v, (float, np.floating)) else v for k, v in c.items()}
    out = {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__, "pandas": pd.__version__},
        "percentile bootstrap covers": simulation(),
        "t": [clean(c) for c in students_t()], "one-way": [clean(c) for c in one_way()],
        "two-way": [clean(c) for c in two_way()], "holm": list(holm()),
    }
    with open("stats.json", "w") as f:
        f.write("{\n" + ",\n".join(f'"{k}": ' + (json.dumps(v) if isinstance(v, dict) else "[\n" + ",\n".join(json.dumps(c) for c in v) + "\n]") for k, v in out.items()) + "\n}\n")
