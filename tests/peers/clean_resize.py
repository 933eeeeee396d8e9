"""The resize of clean-fid by Pillow: mode F, bicubic, each channel by itself, clipped.

usage: clean_resize.py IN OUT SIDE

IN is safetensors with images (uint8 [N, C, H, W]); OUT gets resized (float32 [N, C, SIDE, SIDE]).
"""
import sys

import numpy
import torch
from PIL import Image

import safetensors_file

images = safetensors_file.read(sys.argv[1])[0]["images"].numpy()
side = int(sys.argv[3])


def resize(channel):
    image = Image.fromarray(channel.astype(numpy.float32), mode="F")
    return numpy.asarray(image.resize((side, side), resample=Image.BICUBIC)).clip(0, 255)


resized = numpy.stack([numpy.stack([resize(channel) for channel in image]) for image in images])
safetensors_file.write(sys.argv[2], {"resized": torch.from_numpy(resized.astype(numpy.float32))})
