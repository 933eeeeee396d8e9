"""An unconditional FastGAN-lite generator as a PyTorch user would write it, to show that trained weights leave this project whole.

usage: fastgan_lite.py WEIGHTS.safetensors LATENTS.safetensors IMAGES.f32

WEIGHTS is a generator's state dict; its tensors must be exactly those of the modules below. LATENTS holds the tensor 'latents'
[N, Z]. IMAGES gets the images of evaluation mode, [N, 3, R, R] as little-endian float32. Prints the images' shape as JSON.
"""
import json
import sys

import torch
from torch import nn
from torch.nn.utils import spectral_norm

import safetensors_reader


def convolution(inputs, outputs, kernel, padding=0, bias=False):
    return spectral_norm(nn.Conv2d(inputs, outputs, kernel, 1, padding, bias=bias))


class Initial(nn.Module):
    def __init__(self, latent, channels):
        super().__init__()
        self.init = nn.Sequential(
            spectral_norm(nn.ConvTranspose2d(latent, channels * 2, 4, 1, 0, bias=False)), nn.BatchNorm2d(channels * 2), nn.GLU(dim=1))

    def forward(self, latents):
        return self.init(latents[:, :, None, None])


def up(inputs, outputs):
    return nn.Sequential(
        nn.Upsample(scale_factor=2, mode="nearest"), convolution(inputs, outputs * 2, 3, 1), nn.BatchNorm2d(outputs * 2), nn.GLU(dim=1))


class SkipExcitation(nn.Module):
    def __init__(self, small, large):
        super().__init__()
        self.main = nn.Sequential(
            nn.AdaptiveAvgPool2d(4), convolution(small, large, 4), nn.SiLU(), convolution(large, large, 1), nn.Sigmoid())

    def forward(self, small, large):
        return large * self.main(small)


class Synthesis(nn.Module):
    def __init__(self, weights, latent, resolution):
        super().__init__()

        def gated(name):
            return weights[f"synthesis.{name}.weight_orig"].shape[0] // 2

        self.resolution = resolution
        self.channels = {4: weights["synthesis.init.init.0.weight_orig"].shape[1] // 2}
        self.init = Initial(latent, self.channels[4])
        size = 8
        while f"synthesis.feat_{size}.1.weight_orig" in weights:
            self.channels[size] = gated(f"feat_{size}.1")
            setattr(self, f"feat_{size}", up(self.channels[size // 2], self.channels[size]))
            if f"synthesis.se_{size}.main.1.weight_orig" in weights:
                setattr(self, f"se_{size}", SkipExcitation(self.channels[size // 16], self.channels[size]))
            size *= 2
        self.to_big = convolution(self.channels[resolution], 3, 3, 1, bias=True)

    def forward(self, latents):
        features = {4: self.init(latents)}
        size = 8
        while size <= self.resolution:
            features[size] = getattr(self, f"feat_{size}")(features[size // 2])
            if hasattr(self, f"se_{size}"):
                features[size] = getattr(self, f"se_{size}")(features[size // 16], features[size])
            size *= 2
        return self.to_big(features[self.resolution])


class Generator(nn.Module):
    def __init__(self, weights):
        super().__init__()
        latent = weights["synthesis.init.init.0.weight_orig"].shape[0]
        last = weights["synthesis.to_big.weight_orig"].shape[1]
        sizes = [s for s in (64, 128, 256, 512, 1024)
                 if f"synthesis.feat_{s}.1.weight_orig" in weights and weights[f"synthesis.feat_{s}.1.weight_orig"].shape[0] == 2 * last]
        self.synthesis = Synthesis(weights, latent, sizes[-1])

    def forward(self, latents):
        latents = latents * torch.rsqrt(latents.square().mean(dim=1, keepdim=True) + 1e-8)
        return self.synthesis(latents)


def main(weights_path, latents_path, images_path):
    weights, _ = safetensors_reader.read(weights_path)
    latents, _ = safetensors_reader.read(latents_path)
    generator = Generator(weights)
    generator.load_state_dict(weights, strict=True)
    generator.eval()
    with torch.no_grad():
        images = generator(latents["latents"])
    images.contiguous().numpy().astype("<f4").tofile(images_path)
    print(json.dumps(list(images.shape)))


if __name__ == "__main__":
    main(*sys.argv[1:])
