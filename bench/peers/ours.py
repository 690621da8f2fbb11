"""unetbench's side of a work: its command line, and where its answer holds seconds and memory."""


def command(binary, name, work, threads, runs, avx2, folder):
    if "tile" in work:
        c = [binary, "predict", "--weights", f"{folder}/{name}.safetensors", f"{folder}/{name}.png", "--out", f"{folder}/mask.png"]
        if not work.get("own"):  # else a plan of its own
            c += ["--tile", work["tile"], "--overlap", work["overlap"], "--plan", "monai", "--blend", "gaussian"]
    else:
        c = [binary, "profile", "--arch", work["arch"], "--width", work["width"], "--pools", work["pools"],
             "--size", work["size"], "--batch", work["batch"], "--norm", "none", "--runs", runs]
        if work.get("train"):
            c.append("--train")
        if avx2:
            c += ["--kernel", "avx2"]
    return [str(x) for x in c + ["--threads", threads, "--json"]]


def seconds(answer):
    """The median of a peer's or profile's runs; of a prediction its only one, which is not warm."""
    return answer["median_s"] if "median_s" in answer else answer["seconds"]


def megabytes(answer, kib):
    """Peak resident set: the process's, or what a profile had before it measured the machine."""
    return round(answer.get("peak_rss_mb") or kib * 1024 / 1e6)
