"""Makes images.json: image files with the pixels that PIL (for PNG the format's definition, for AVIF avifdec) gives for them,
turned upright and with colour profiles converted to sRGB.

Run with Debian's python3-pil, python3-numpy and libavif-bin:  /usr/bin/python3 make_fixtures.py
The tests read the JSON only; none of these is needed to run them.
"""
import base64
import io
import json
import os
import struct
import subprocess
import tempfile
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageOps

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


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(samples, depth, colour, interlaced=False, palette=None, transparency=None, before=b"", after=b""):
    h, w = samples.shape[:2]

    parts = [samples] if not interlaced else [
        samples[y0::dy, x0::dx] for x0, y0, dx, dy in ADAM7]
    raw = b"".join(b"\0" + row for part in parts if part.size for row in pack_rows(part, depth))
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, int(interlaced)))
    if palette is not None:
        out += chunk(b"PLTE", palette.tobytes())
    if transparency is not None:
        out += chunk(b"tRNS", bytes(transparency))
    return out + before + chunk(b"IDAT", zlib.compress(raw)) + after + chunk(b"IEND", b"")


def eight_bits(samples, depth):
    return np.round(samples.astype(np.float64) * 255 / (2 ** depth - 1)).astype(np.uint8)


cases = []


def add(name, file, pixels, tolerance=0, turned=False, frames=1):
    """`tolerance`: the largest difference that was measured. `turned`: the file's orientation exchanges rows and columns."""
    h, w, c = pixels.shape
    cases.append(dict(name=name, file=b64(file), width=w, height=h, channels=c, turned=turned, frames=frames,
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


def upright(file, mode):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(file))).convert(mode)
    pixels = np.asarray(image)
    return pixels[..., None] if pixels.ndim == 2 else pixels


def exif(orientation):
    result = Image.Exif()
    result[0x0112] = orientation
    return result


RGB = Image.fromarray(smooth(H, W))
LARGE = Image.fromarray(smooth(37, 53))
ALPHA = rng.integers(0, 256, (H, W, 1)).astype(np.uint8)
RGBA = Image.fromarray(np.concatenate([smooth(H, W), ALPHA], axis=2))


def jpeg_cases():
    for name, image, options in [
            ("baseline 420", RGB, dict(quality=90)), ("progressive 444", RGB, dict(quality=85, progressive=True, subsampling=0)),
            ("large 420", LARGE, dict(quality=75)), ("large 422", LARGE, dict(quality=92, subsampling=1)),
            ("large low quality progressive", LARGE, dict(quality=12, progressive=True)), ("grey", RGB.convert("L"), dict(quality=90)),
            ("grey large", LARGE.convert("L"), dict(quality=60))]:
        file = save(image, format="JPEG", **options)
        add(f"jpeg {name}", file, upright(file, image.mode))
    # Adobe stores inverted ink.
    file = save(RGB.convert("CMYK"), format="JPEG", quality=90, subsampling=0)
    add("jpeg cmyk of adobe", file, upright(file, "RGB"))
    for orientation in range(1, 9):
        file = save(RGB, format="JPEG", quality=90, exif=exif(orientation))
        add(f"jpeg orientation {orientation}", file, upright(file, "RGB"), turned=orientation > 4)


def webp_cases():
    for name, image, options in [("lossy", RGB, dict(quality=80)), ("lossy large", LARGE, dict(quality=60, method=4))]:
        file = save(image, format="WEBP", **options)
        add(f"webp {name}", file, upright(file, "RGB"))
    file = save(RGBA, format="WEBP", lossless=True, exact=True)
    add("webp lossless with alpha", file, np.asarray(RGBA))
    file = save(RGBA, format="WEBP", quality=70)
    add("webp lossy with alpha", file, upright(file, "RGBA"))
    frames = [Image.fromarray(smooth(H, W)[:, ::k]).resize((W, H)) for k in (1, 2, 3)]
    file = save(frames[0], format="WEBP", save_all=True, append_images=frames[1:], duration=50, lossless=True)
    add("webp animated", file, upright(file, "RGBA"), frames=3)
    for orientation in (2, 3, 5, 6, 7, 8):
        file = save(RGB, format="WEBP", lossless=True, exif=exif(orientation))
        add(f"webp orientation {orientation}", file, upright(file, "RGB"), turned=orientation > 4)


def png_orientation_cases():
    samples = rng.integers(0, 256, (H, W, 3))
    for orientation in (2, 3, 6, 8):
        # PIL's own bytes of EXIF begin with a JPEG segment's name, which PNG leaves out.
        data = chunk(b"eXIf", exif(orientation).tobytes()[6:])
        turned = upright(png(samples, 8, 2, before=data), "RGB")
        add(f"png orientation {orientation}", png(samples, 8, 2, before=data), turned, turned=orientation > 4)
        add(f"png orientation {orientation} behind the pixels", png(samples, 8, 2, after=data), turned, turned=orientation > 4)


def gif_cases():
    palette = RGB.quantize(64)
    file = save(palette, format="GIF")
    add("gif", file, upright(file, "RGB"))
    file = save(LARGE.quantize(200), format="GIF", interlace=1)
    add("gif interlaced", file, upright(file, "RGB"))
    file = save(palette, format="GIF", transparency=palette.getpixel((3, 2)))
    pixels = upright(file, "RGBA").copy()
    # Below full transparency there is no colour: it is black in the product, the palette's in PIL.
    pixels[pixels[..., 3] == 0] = 0
    add("gif with transparency", file, pixels)
    frames = [Image.fromarray(smooth(H, W)[:, ::k]).resize((W, H)).quantize(50) for k in (1, 2, 3)]
    file = save(frames[0], format="GIF", save_all=True, append_images=frames[1:], duration=50)
    add("gif animated", file, upright(file, "RGB"), frames=3)


def tiff_cases():
    for compression in (None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        file = save(LARGE, format="TIFF", compression=compression, **(dict(quality=90) if compression == "jpeg" else {}))
        add(f"tiff rgb {compression}", file, upright(file, "RGB"))
    for mode in ("L", "1", "P", "CMYK"):
        image = RGB.quantize(40) if mode == "P" else RGB.convert(mode)
        file = save(image, format="TIFF", compression="tiff_lzw" if mode != "1" else "group4")
        target = "RGB" if mode in ("P", "CMYK") else "L"
        add(f"tiff {mode}", file, upright(file, target))
    file = save(RGBA, format="TIFF", compression="tiff_lzw")
    add("tiff rgba", file, np.asarray(RGBA))
    samples = rng.integers(0, 65536, (H, W, 1))
    file = save(Image.fromarray(samples[..., 0].astype(np.uint16)), format="TIFF")
    add("tiff grey of 16 bits", file, eight_bits(samples, 16))
    file = save(RGB, format="TIFF", save_all=True, append_images=[LARGE])
    add("tiff of two pages", file, np.asarray(RGB), frames=2)
    for orientation in (3, 6):
        file = save(RGB, format="TIFF", tiffinfo={0x0112: orientation}, compression="tiff_lzw")
        # This PIL turns a TIFF as it loads it and keeps the tag, so exif_transpose would turn it twice.
        turn = {3: Image.ROTATE_180, 6: Image.ROTATE_270}[orientation]
        add(f"tiff orientation {orientation}", file, np.asarray(RGB.transpose(turn)), turned=orientation > 4)


def avif(image, *options):
    # libheif repeats the chroma of 4:2:0, as avifdec does when it is asked to.
    with tempfile.TemporaryDirectory() as folder:
        source, target, back = (os.path.join(folder, name) for name in ("in.png", "out.avif", "back.png"))
        image.save(source)
        subprocess.run(["avifenc", *options, source, target], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["avifdec", "-d", "8", "--upsampling", "nearest", target, back], check=True, stdout=subprocess.DEVNULL)
        with open(target, "rb") as file:
            return file.read(), np.asarray(Image.open(back))


def avif_cases():
    for name, image, options, tolerance in [
            ("lossless", RGB, ["--lossless"], 0), ("lossless with alpha", RGBA, ["--lossless"], 0),
            ("444", LARGE, ["--min", "10", "--max", "10", "-y", "444"], 1), ("420", LARGE, ["--min", "20", "--max", "20", "-y", "420"], 1),
            ("10 bits", LARGE, ["--min", "5", "--max", "5", "-y", "444", "-d", "10"], 1)]:
        file, pixels = avif(image, *options)
        add(f"avif {name}", file, pixels, tolerance)
    file, _ = avif(RGB, "--lossless", "--irot", "1")
    add("avif turned", file, np.asarray(RGB.transpose(Image.ROTATE_90)))


def profile(primaries, gamma, space=b"RGB "):
    """A minimal ICC profile, version 2: a matrix of XYZ columns (D50) and one gamma, or a grey curve."""
    def xyz(values):
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in values)

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = b"A test's profile\0"
    tags = [(b"desc", b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78)), (b"cprt", b"text\0\0\0\0none\0"),
            (b"wtpt", xyz((0.9642, 1, 0.8249)))]
    if space == b"GRAY":
        tags += [(b"kTRC", curve)]
    else:
        tags += [(name, xyz(column)) for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries)]
        tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    table, data, offset = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags:
        content += bytes(-len(content) % 4)
        table += name + struct.pack(">II", offset + len(data), len(content))
        data += content
    head = struct.pack(">I4sI4s4s4s", 0, b"\0\0\0\0", 0x02400000, b"mntr", space, b"XYZ ") + struct.pack(">6H", 2020, 1, 1, 0, 0, 0)
    head += b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    head += bytes(128 - len(head))
    whole = head + struct.pack(">I", len(tags)) + table + data
    return struct.pack(">I", len(whole)) + whole[4:]


WIDE = profile([(0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446)], 2.2)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def converted(image, icc):
    """To sRGB, relative colorimetric, by PIL's LittleCMS."""
    mode = "RGB" if image.mode == "L" else image.mode
    return np.asarray(ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(io.BytesIO(icc)), SRGB, renderingIntent=1, outputMode=mode))


def profile_cases():
    wide = converted(RGB, WIDE)
    for name, options in [("png", dict(format="PNG")), ("tiff", dict(format="TIFF")), ("webp", dict(format="WEBP", lossless=True))]:
        add(f"{name} with a wide profile", save(RGB, icc_profile=WIDE, **options), wide, 1)
    file = save(RGB, format="JPEG", quality=90, icc_profile=WIDE)
    add("jpeg with a wide profile", file, converted(Image.open(io.BytesIO(file)), WIDE), 1)
    add("png with a wide profile and alpha", save(RGBA, format="PNG", icc_profile=WIDE), np.concatenate([wide, ALPHA], axis=2), 1)
    # Samples that 8 bits hold as well, for PIL converts no others.
    samples = rng.integers(0, 256, (H, W, 3)) * 257
    name = chunk(b"iCCP", b"wide\0\0" + zlib.compress(WIDE))
    add("png of 16 bits with a wide profile", png(samples, 16, 2, before=name),
        converted(Image.fromarray(eight_bits(samples, 16)), WIDE), 1)
    grey = profile(None, 1.0, b"GRAY")
    add("png grey with a linear profile", save(RGB.convert("L"), format="PNG", icc_profile=grey),
        converted(RGB.convert("L"), grey)[..., :1])
    # A profile that says sRGB, one of another colour space and one that is none change nothing.
    add("png with an srgb profile", save(RGB, format="PNG", icc_profile=SRGB.tobytes()), np.asarray(RGB))
    add("png with a grey image's profile", save(RGB, format="PNG", icc_profile=grey), np.asarray(RGB))
    add("png with a broken profile", save(RGB, format="PNG", icc_profile=b"no profile" * 30), np.asarray(RGB))


def lanczos_cases():
    result = []
    for channels in (3, 1):
        noisy = np.clip(smooth(29, 41, channels) + rng.integers(-60, 60, (29, 41, channels)), 0, 255).astype(np.uint8)
        image = Image.fromarray(noisy if channels == 3 else noisy[..., 0])
        for w, h in [(16, 16), (64, 64), (41, 7), (5, 29), (60, 11), (1, 1), (40, 28)]:
            result.append(dict(width=w, height=h, channels=channels, sourceWidth=41, sourceHeight=29, source=b64(noisy.tobytes()),
                               pixels=b64(np.asarray(image.resize((w, h), Image.LANCZOS)).tobytes())))
    return result


for make in (png_cases, png_orientation_cases, jpeg_cases, webp_cases, gif_cases, tiff_cases, avif_cases, profile_cases):
    make()
with open("images.json", "w") as out:
    json.dump(dict(images=cases, lanczos=lanczos_cases()), out, indent=1)
    out.write("\n")
