"""Makes images.json: image files with the pixels that PIL (or, for PNG, the format's definition) gives for them.

Run with Debian's python3-pil and python3-numpy:  python3 make_fixtures.py
The tests read the JSON only; PIL is not needed to run them.
"""
import base64
import io
import json
import struct
import zlib

import numpy as np
from PIL import Image

H, W = 11, 13
rng = np.random.default_rng(7)


def b64(data):
    return base64.b64encode(bytes(data)).decode()


def pack_rows(samples, depth):
    """samples [h, w, c] of `depth` bits -> list of packed rows."""
    rows = []
    for row in samples.reshape(samples.shape[0], -1):
        if depth == 16:
            rows.append(row.astype(">u2").tobytes())
        elif depth == 8:
            rows.append(row.astype(np.uint8).tobytes())
        else:
            bits = "".join(format(int(v), f"0{depth}b") for v in row)
            bits += "0" * (-len(bits) % 8)
            rows.append(bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8)))
    return rows


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(samples, depth, colour, interlaced=False, palette=None, transparency=None):
    h, w = samples.shape[:2]

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    parts = [samples] if not interlaced else [
        samples[y0::dy, x0::dx] for x0, y0, dx, dy in ADAM7]
    raw = b"".join(b"\0" + row for part in parts if part.size for row in pack_rows(part, depth))
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, int(interlaced)))
    if palette is not None:
        out += chunk(b"PLTE", palette.tobytes())
    if transparency is not None:
        out += chunk(b"tRNS", bytes(transparency))
    return out + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def eight_bits(samples, depth):
    return np.round(samples.astype(np.float64) * 255 / (2 ** depth - 1)).astype(np.uint8)


cases = []


def add(name, file, pixels, tolerance=0, orientation=1, frames=1):
    h, w, c = pixels.shape
    cases.append(dict(name=name, file=b64(file), width=w, height=h, channels=c, orientation=orientation, frames=frames,
                      tolerance=tolerance, pixels=b64(pixels.astype(np.uint8).tobytes())))


def png_cases():
    for colour, channels, depths in [(0, 1, (1, 2, 4, 8, 16)), (4, 2, (8, 16)), (2, 3, (8, 16)), (6, 4, (8, 16))]:
        for depth in depths:
            for interlaced in (False, True):
                samples = rng.integers(0, 2 ** depth, (H, W, channels))
                add(f"png colour {colour} depth {depth}{' interlaced' if interlaced else ''}",
                    png(samples, depth, colour, interlaced), eight_bits(samples, depth))
    for depth in (1, 2, 4, 8):
        for alpha in (False, True):
            size = 2 ** depth
            palette = rng.integers(0, 256, (size, 3)).astype(np.uint8)
            transparency = rng.integers(0, 256, size).astype(np.uint8)
            samples = rng.integers(0, size, (H, W, 1))
            pixels = palette[samples[..., 0]]
            if alpha:
                pixels = np.concatenate([pixels, transparency[samples]], axis=2)
            add(f"png palette depth {depth}{' with alpha' if alpha else ''}",
                png(samples, depth, 3, depth == 4, palette, transparency if alpha else None), pixels)
    samples = rng.integers(0, 4, (H, W, 3)) * 60
    key = samples[2, 3]
    alpha = np.where((samples == key).all(axis=2, keepdims=True), 0, 255)
    add("png rgb with colour key", png(samples, 8, 2, transparency=struct.pack(">HHH", *map(int, key))),
        np.concatenate([samples, alpha], axis=2))


def smooth(h, w, c=3):
    y, x = np.mgrid[0:h, 0:w]
    planes = [127 + 90 * np.sin(x / (3 + k) + k) * np.cos(y / (4 + k)) + 30 * ((x // 5 + y // 4 + k) % 2) for k in range(c)]
    return np.clip(np.stack(planes, 2), 0, 255).astype(np.uint8)


def save(image, **options):
    out = io.BytesIO()
    image.save(out, **options)
    return out.getvalue()


def opened(file, mode):
    pixels = np.asarray(Image.open(io.BytesIO(file)).convert(mode))
    return pixels[..., None] if pixels.ndim == 2 else pixels


def other_cases():
    rgb = Image.fromarray(smooth(H, W))
    for name, options in [("baseline 420", dict(quality=90)), ("progressive 444", dict(quality=85, progressive=True, subsampling=0))]:
        file = save(rgb, format="JPEG", **options)
        add(f"jpeg {name}", file, opened(file, "RGB"), 1)
    file = save(rgb.convert("L"), format="JPEG", quality=90)
    add("jpeg grey", file, opened(file, "L"), 1)
    file = save(rgb.convert("CMYK"), format="JPEG", quality=90, subsampling=0)
    add("jpeg cmyk of adobe", file, opened(file, "RGB"), 3)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        file = save(rgb, format="JPEG", quality=90, exif=exif)
        add(f"jpeg orientation {orientation}", file, opened(file, "RGB"), 1, orientation)
    file = save(rgb, format="WEBP", quality=80)
    add("webp lossy", file, opened(file, "RGB"), 1)
    rgba = Image.fromarray(np.concatenate([smooth(H, W), rng.integers(0, 256, (H, W, 1)).astype(np.uint8)], axis=2))
    file = save(rgba, format="WEBP", lossless=True, exact=True)
    add("webp lossless with alpha", file, np.asarray(rgba))
    frames = [Image.fromarray(smooth(H, W)[:, ::k]).resize((W, H)) for k in (1, 2, 3)]
    file = save(frames[0], format="WEBP", save_all=True, append_images=frames[1:], duration=50, lossless=True)
    add("webp animated", file, np.concatenate([np.asarray(frames[0]), np.full((H, W, 1), 255, np.uint8)], axis=2), frames=3)


def lanczos_cases():
    result = []
    for channels in (3, 1):
        noisy = np.clip(smooth(29, 41, channels) + rng.integers(-60, 60, (29, 41, channels)), 0, 255).astype(np.uint8)
        image = Image.fromarray(noisy if channels == 3 else noisy[..., 0])
        for w, h in [(16, 16), (64, 64), (41, 7), (5, 29), (60, 11), (1, 1), (40, 28)]:
            result.append(dict(width=w, height=h, channels=channels, sourceWidth=41, sourceHeight=29, source=b64(noisy.tobytes()),
                               pixels=b64(np.asarray(image.resize((w, h), Image.LANCZOS)).tobytes())))
    return result


png_cases()
other_cases()
with open("images.json", "w") as out:
    json.dump(dict(images=cases, lanczos=lanczos_cases()), out, indent=1)
    out.write("\n")
