"""Data sets as StyleGAN's dataset_tool writes them, by Python's zipfile and Pillow.

usage: stylegan_zip.py write DATASET.zip labels|none    four images of 64x64, image i of the colour (i, 2i, 3i)
       stylegan_zip.py read DATASET.zip                 prints, as JSON, entries with their compression and first pixel, and the labels
"""
import io
import json
import sys
import zipfile

from PIL import Image


def write(path, labels):
    with zipfile.ZipFile(path, mode="w", compression=zipfile.ZIP_STORED) as archive:
        names = [f"{index // 1000:05d}/img{index:08d}.png" for index in range(4)]
        for index, name in enumerate(names):
            png = io.BytesIO()
            Image.new("RGB", (64, 64), (index, 2 * index, 3 * index)).save(png, format="png", compress_level=0, optimize=False)
            archive.writestr(name, png.getvalue())
        rows = [[name, (index * 2) % 3] for index, name in enumerate(names)]
        archive.writestr("dataset.json", json.dumps({"labels": rows if labels == "labels" else None}))


def read(path):
    with zipfile.ZipFile(path) as archive:
        bad = archive.testzip()
        assert bad is None, bad
        images = [
            {"name": entry.filename, "stored": entry.compress_type == zipfile.ZIP_STORED, "pixel": list(Image.open(archive.open(entry)).getpixel((0, 0)))}
            for entry in archive.infolist() if entry.filename.endswith(".png")
        ]
        print(json.dumps({"images": images, "labels": json.loads(archive.read("dataset.json"))["labels"]}))


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]](*sys.argv[2:])
