"""Writes images.json: small TIFF, PNG and JPEG files, and what tifffile, Pillow
and pypng read out of them.

    pip install -r requirements-images.txt && python images.py

A file's pixels are named by the array that it was made from; each decoder that
knows the format is asked here, and must agree. JPEG is lossy, so there the
pixels are Pillow's (libjpeg-turbo's).
"""
import base64
import io
import json

import imagecodecs
import numpy as np
import PIL
import png
import tifffile
from PIL import Image

rng = np.random.default_rng(1992)
H, W = 19, 21
yy, xx = np.mgrid[:H, :W]
smooth = lambda a, b, c: 127 + 60 * np.sin(yy / a) + 60 * np.cos(xx / b + c)

grey8 = np.clip(smooth(3, 4, 0) + rng.integers(-9, 9, (H, W)), 0, 255).astype(np.uint8)
grey8[0, :3] = 0, 1, 255
rgb8 = np.dstack([np.clip(smooth(a, b, a), 0, 255) for a, b in ((3, 5), (4, 3), (6, 7))]).astype(np.uint8)
grey16 = np.clip(257 * smooth(3, 4, 0) + rng.integers(-99, 99, (H, W)), 0, 65535).astype(np.uint16)
grey16[0, :4] = 0, 1, 257, 65535
rgb16 = np.clip(257. * rgb8 + rng.integers(-99, 99, (H, W, 3)), 0, 65535).astype(np.uint16)
bits = grey8 > 127
low2, low4 = (grey8 >> 6), (grey8 >> 4)
index = (grey8 >> 5)  # into 8 colours
colours = np.array([[0, 0, 0], [230, 159, 0], [86, 180, 233], [0, 158, 115], [240, 228, 66], [0, 114, 178], [213, 94, 0], [204, 121, 167]], np.uint8)
alpha8 = (40 + 5 * yy + 3 * xx).astype(np.uint8)
alpha16 = alpha8.astype(np.uint16) * 257

arrays = {"grey8": grey8, "rgb8": rgb8, "grey16": grey16, "rgb16": rgb16, "bits": bits * np.uint8(255),
          "low2": low2, "low4": low4, "index": index, "colours": colours[index], "inverted8": 255 - grey8, "inverted16": 65535 - grey16,
          "inverted bits": np.where(bits, 0, 255).astype(np.uint8), "page 0": grey8}
files = []


def add(name, data, source, *decoded):
    """decoded: arrays that decoders made of data; they must be the source's."""
    for d in decoded:
        want = arrays[source]
        assert d.shape == want.shape and (d == want).all(), f"{name}: a decoder disagrees with {source}"
    files.append({"name": name, "pixels": source, "file": base64.b64encode(data).decode()})


# --- TIFF

def tiff(name, array, source, read=True, pillow=True, **how):
    b = io.BytesIO()
    tifffile.imwrite(b, array, **how)
    seen = []
    if read:
        raw = tifffile.imread(io.BytesIO(b.getvalue()))
        if how.get("planarconfig") == "separate":
            raw = np.moveaxis(raw, 0, -1)
        seen.append(raw[..., :3] if raw.ndim == 3 and raw.shape[2] == 4 else raw)
        if pillow:
            img = np.asarray(Image.open(io.BytesIO(b.getvalue())))
            seen.append(img[..., :3] if img.ndim == 3 else img * np.uint8(255) if img.dtype == bool else img)
    add("tiff " + name, b.getvalue(), source, *seen)


for kind, a, p in (("grey8", grey8, "minisblack"), ("grey16", grey16, "minisblack"), ("rgb8", rgb8, "rgb"), ("rgb16", rgb16, "rgb")):
    sixteen_rgb = kind == "rgb16"  # Pillow reads it with 8 bit
    for order in "<>":
        tiff(f"{kind} {'II' if order == '<' else 'MM'}", a, kind, pillow=not sixteen_rgb, photometric=p, byteorder=order)
    tiff(f"{kind} strips of 4", a, kind, pillow=not sixteen_rgb, photometric=p, rowsperstrip=4)
    tiff(f"{kind} tiles", a, kind, pillow=not sixteen_rgb, photometric=p, tile=(16, 16))
    for c in ("lzw", "zlib", "packbits"):
        tiff(f"{kind} {c}", a, kind, pillow=not sixteen_rgb, photometric=p, compression=c, rowsperstrip=8)
    for c in ("lzw", "zlib"):
        tiff(f"{kind} {c} predictor", a, kind, pillow=not sixteen_rgb, photometric=p, compression=c, predictor=2, rowsperstrip=8)
    tiff(f"{kind} zlib predictor tiles", a, kind, pillow=not sixteen_rgb, photometric=p, compression="zlib", predictor=2, tile=(16, 32))
    tiff(f"{kind} MM lzw predictor", a, kind, pillow=not sixteen_rgb, photometric=p, compression="lzw", predictor=2, byteorder=">")
tiff("rgba8", np.dstack([rgb8, alpha8]), "rgb8", photometric="rgb", extrasamples=["unassalpha"])
tiff("rgba8 premultiplied", np.dstack([rgb8, np.full_like(alpha8, 255)]), "rgb8", photometric="rgb", extrasamples=["assocalpha"])
tiff("rgba16", np.dstack([rgb16, alpha16]), "rgb16", pillow=False, photometric="rgb", extrasamples=["unassalpha"])
tiff("grey and alpha", np.dstack([grey8, alpha8]), "grey8", read=False, photometric="minisblack", extrasamples=["unassalpha"], planarconfig="contig")
palette16 = np.zeros((3, 256), np.uint16)
palette16[:, :8] = colours.T.astype(np.uint16) * 257
tiff("palette", index, "index", pillow=False, photometric="palette", colormap=palette16)
tiff("planar", np.moveaxis(rgb8, -1, 0), "rgb8", pillow=False, photometric="rgb", planarconfig="separate")
tiff("bilevel", bits, "bits", read=False, photometric="minisblack")
# Min-is-white: a viewer, and Pillow for 8 bit, show the samples inverted; tifffile gives them as they are.
tiff("min-is-white 8", grey8, "inverted8", read=False, photometric="miniswhite")
tiff("min-is-white 16", grey16, "inverted16", read=False, photometric="miniswhite")
tiff("min-is-white bilevel", bits, "inverted bits", read=False, photometric="miniswhite")
assert (np.asarray(Image.open(io.BytesIO(base64.b64decode(files[-3]["file"])))) == 255 - grey8).all()
for c in ("group3", "group4", "packbits", "tiff_lzw", "tiff_deflate", "tiff_adobe_deflate", "raw"):
    b = io.BytesIO()
    Image.fromarray(bits).save(b, "TIFF", compression=c)
    add(f"tiff bilevel by libtiff {c}", b.getvalue(), "bits", np.asarray(Image.open(b)) * np.uint8(255), tifffile.imread(io.BytesIO(b.getvalue())) * np.uint8(255))
for c in ("group3", "group4"):  # the usual way round for facsimiles
    b = io.BytesIO()
    Image.fromarray(bits).save(b, "TIFF", compression=c, tiffinfo={262: 0})
    assert tifffile.TiffFile(io.BytesIO(b.getvalue())).pages[0].photometric == 0
    add(f"tiff min-is-white {c}", b.getvalue(), "bits", np.asarray(Image.open(b)) * np.uint8(255), (1 - tifffile.imread(io.BytesIO(b.getvalue()))) * np.uint8(255))
for c in ("tiff_lzw", "tiff_deflate", "tiff_adobe_deflate", "packbits"):
    for kind, a in (("grey8", grey8), ("rgb8", rgb8)):
        b = io.BytesIO()
        Image.fromarray(a).save(b, "TIFF", compression=c)
        add(f"tiff {kind} by libtiff {c}", b.getvalue(), kind, np.asarray(Image.open(b)), tifffile.imread(io.BytesIO(b.getvalue())))
b = io.BytesIO()
p = Image.fromarray(index, "P")
p.putpalette(colours.tobytes())
p.save(b, "TIFF")
add("tiff palette by Pillow", b.getvalue(), "index", np.asarray(Image.open(b)))
tiff("zstd", grey8, "grey8", photometric="minisblack", compression="zstd")
tiff("jpeg in tiff", grey8, "grey8", read=False, photometric="minisblack", compression="jpeg")
tiff("stack", np.stack([grey8, grey8[::-1]]), "page 0", read=False, photometric="minisblack")
tiff("ImageJ stack", np.stack([grey8, grey8[::-1]]), "page 0", read=False, photometric="minisblack", imagej=True)
tiff("bigtiff", grey8, "grey8", photometric="minisblack", bigtiff=True)
tiff("float", grey8.astype(np.float32), "grey8", read=False, photometric="minisblack")
tiff("signed 16", grey16.astype(np.int16), "grey16", read=False, photometric="minisblack")
tiff("signed 8", grey8.astype(np.int8), "grey8", read=False, photometric="minisblack")
tiff("unsigned 32", grey8.astype(np.uint32), "grey8", read=False, photometric="minisblack")
b = io.BytesIO()
with tifffile.TiffWriter(b) as w:  # a reduced copy is no second page
    w.write(grey8, photometric="minisblack", metadata=None)
    w.write(grey8[::2, ::2], photometric="minisblack", subfiletype=1, metadata=None)
add("tiff with a thumbnail", b.getvalue(), "grey8", tifffile.imread(io.BytesIO(b.getvalue()), key=0))


# --- PNG, every colour type and depth, plain and interlaced

def png_file(name, rows, source, pillow=None, **how):
    for interlace in (False, True):
        b = io.BytesIO()
        png.Writer(W, H, interlace=interlace, **how).write(b, rows.reshape(H, -1).tolist())
        w, h, back, info = png.Reader(bytes=b.getvalue()).read()
        assert (np.vstack([np.asarray(r) for r in back]) == rows.reshape(H, -1)).all(), name
        seen = [pillow(np.asarray(Image.open(io.BytesIO(b.getvalue()))))] if pillow else []
        add(f"png {name}{' interlaced' if interlace else ''}", b.getvalue(), source, *seen)


drop = lambda a: a[..., :3]
png_file("grey 1", bits.astype(int), "bits", lambda a: a * np.uint8(255), greyscale=True, bitdepth=1)
png_file("grey 2", low2, "low2", lambda a: a // 85, greyscale=True, bitdepth=2)
png_file("grey 4", low4, "low4", lambda a: a // 17, greyscale=True, bitdepth=4)
png_file("grey 8", grey8, "grey8", lambda a: a, greyscale=True)
png_file("grey 16", grey16, "grey16", lambda a: a, greyscale=True, bitdepth=16)
for depth, a, source in ((1, bits.astype(int), "bits"), (2, low2, "low2"), (4, low4, "low4"), (8, grey8, "grey8"), (16, grey16, "grey16")):
    png_file(f"grey {depth}, one transparent", a, source, greyscale=True, bitdepth=depth, transparent=1)
png_file("grey 8 and alpha", np.dstack([grey8, alpha8]), "grey8", lambda a: a[..., 0], greyscale=True, alpha=True)
png_file("grey 16 and alpha", np.dstack([grey16, alpha16]), "grey16", greyscale=True, alpha=True, bitdepth=16)
png_file("rgb 8", rgb8, "rgb8", drop, greyscale=False)
png_file("rgb 16", rgb16, "rgb16", greyscale=False, bitdepth=16)  # Pillow reads it with 8 bit
png_file("rgb 8, one transparent", rgb8, "rgb8", drop, greyscale=False, transparent=tuple(int(v) for v in rgb8[3, 3]))
png_file("rgb 16, one transparent", rgb16, "rgb16", greyscale=False, bitdepth=16, transparent=tuple(int(v) for v in rgb16[3, 3]))
png_file("rgba 8", np.dstack([rgb8, alpha8]), "rgb8", drop, greyscale=False, alpha=True)
png_file("rgba 16", np.dstack([rgb16, alpha16]), "rgb16", greyscale=False, alpha=True, bitdepth=16)
for depth in (4, 8):
    png_file(f"palette {depth}", index, "index", lambda a: a, palette=[tuple(map(int, c)) for c in colours], bitdepth=depth)
png_file("palette with alpha", index, "index", lambda a: a, palette=[tuple(map(int, c)) + (60 + 20 * i,) for i, c in enumerate(colours)], bitdepth=8)


# --- JPEG

def jpeg(name, array, mode=None, **how):
    b = io.BytesIO()
    Image.fromarray(array, mode).save(b, "JPEG", **how)
    back = np.asarray(Image.open(b).convert("RGB") if mode else Image.open(b))
    arrays["jpeg " + name] = back
    add("jpeg " + name, b.getvalue(), "jpeg " + name)


jpeg("grey", grey8, quality=90)
jpeg("grey, coarse", grey8, quality=30)
jpeg("grey progressive", grey8, quality=90, progressive=True)
jpeg("grey, restarts", grey8, quality=90, restart_marker_rows=1)
for s, n in ((0, "4:4:4"), (1, "4:2:2"), (2, "4:2:0")):
    jpeg(f"rgb {n}", rgb8, quality=90, subsampling=s)
jpeg("rgb 4:2:0 progressive", rgb8, quality=90, subsampling=2, progressive=True)
jpeg("rgb as rgb", rgb8, quality=90, keep_rgb=True)

if __name__ == "__main__":
    planes = lambda a: a if a.ndim == 2 else np.moveaxis(a, -1, 0)
    out = {
        "versions": {"numpy": np.__version__, "pillow": PIL.__version__, "libjpeg_turbo": PIL.features.version("libjpeg_turbo"), "libtiff": PIL.features.version("libtiff"),
                     "tifffile": tifffile.__version__, "imagecodecs": imagecodecs.__version__, "pypng": png.__version__},
        "colours": colours.tolist(),
        "arrays": {k: {"shape": planes(np.atleast_3d(a)).shape if a.ndim == 3 else (1, *a.shape),
                       "samples": base64.b64encode(planes(a).astype(">u2" if a.dtype == np.uint16 else "u1").tobytes()).decode(), "bytes": 2 if a.dtype == np.uint16 else 1}
                   for k, a in arrays.items() if any(f["pixels"] == k for f in files)},
        "files": files,
    }
    with open("images.json", "w") as f:
        f.write("{\n" + ",\n".join(
            f'"{k}": ' + (json.dumps(v) if k in ("versions", "colours") else
                          "{\n" + ",\n".join(json.dumps(n) + ": " + json.dumps(c) for n, c in v.items()) + "\n}" if isinstance(v, dict) else
                          "[\n" + ",\n".join(json.dumps(c) for c in v) + "\n]") for k, v in out.items()) + "\n}\n")
