"""Images of a FastGAN-lite generator as PyTorch makes them from a state dict, to show that trained weights leave this project whole.

usage: generate_images.py WEIGHTS.safetensors LATENTS.safetensors IMAGES.f32 RESOLUTION WIDTH

WEIGHTS' tensors must be exactly those of the peer's generator. LATENTS holds the tensor 'latents' [N, Z]. IMAGES gets the images of evaluation
mode, [N, 3, R, R] as little-endian float32. Prints the images' shape as JSON.
"""
import json
import sys

import torch

import safetensors_file
from networks import FastGan


def main(weights, latents, images_path, resolution, width):
    latents = safetensors_file.read(latents)[0]["latents"]
    generator = FastGan({"img_resolution": int(resolution), "ngf": int(width), "z_dim": latents.shape[1], "lite": True, "cond": False})
    generator.load_state_dict(safetensors_file.read(weights)[0], strict=True)
    generator.eval()
    with torch.no_grad():
        images = generator(latents)
    images.contiguous().numpy().astype("<f4").tofile(images_path)
    print(json.dumps(list(images.shape)))


if __name__ == "__main__":
    main(*sys.argv[1:])
