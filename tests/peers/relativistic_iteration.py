"""Iterations of a Projected GAN under the relativistic pairing loss with gradient penalties, as PyTorch's autograd has them.

usage: relativistic_iteration.py FOLDER GAMMA RATE ITERATIONS fresh|shared

FOLDER holds generator, discriminator and projector.safetensors, the fresh networks' state, and inputs.safetensors with z_G_I, z_D_I and real_I for
each iteration I. The generator is a FastGAN-lite of 64 pixels and width 4, the feature network EfficientNet-lite0 on 128 pixels with cross-scale
mixing on 4 channels, the discriminators 1/16 wide. All is float64. expected.safetensors gets for each iteration the losses, all gradients and the
parameters after the updates. The discriminators' phase makes fresh images, or shares those of the generator's.
"""
import os
import sys

import torch
import torch.nn.functional as F

import safetensors_file
from networks import FastGan, Features, MultiScale

NETWORKS = {"generator": "G", "discriminator": "D"}


def load(network, folder, name):
    missing, unexpected = network.load_state_dict(safetensors_file.read(os.path.join(folder, name + ".safetensors"))[0], strict=False)
    missing = [key for key in missing if not key.endswith("num_batches_tracked")]
    assert not missing and not unexpected, (name, missing, unexpected)
    return network


def penalty(logits, maps, real_maps):
    """The mean over discriminators of the squared norm of the mean logit's gradient, times the number of inputs and their variance. Each by itself."""
    total = 0
    for part, x, real in zip(logits.chunk(len(maps), 1), maps, real_maps):
        (gradient,) = torch.autograd.grad(part.mean(1).sum(), x, create_graph=True)
        total = total + x[0].numel() * real.detach().var(unbiased=False) * gradient.square().sum((1, 2, 3)).mean()
    return total / len(maps)


def main(folder, gamma, rate, iterations, fakes):
    torch.set_default_dtype(torch.float64)
    gamma, rate = float(gamma), float(rate)
    projector = Features({"proj_type": 2, "cout": 4, "expand": True}).eval().requires_grad_(False)
    generator = FastGan({"img_resolution": 64, "lite": True, "ngf": 4, "z_dim": 8, "cond": False}).train()
    discriminator = MultiScale({
        "channels": projector.channels, "resolutions": projector.resolutions, "num_discs": 4, "separable": False, "cond": False, "width": 1 / 16}).train()
    for name, network in (("projector", projector), ("generator", generator), ("discriminator", discriminator)):
        load(network, folder, name)
    inputs = safetensors_file.read(os.path.join(folder, "inputs.safetensors"))[0]
    optimizers = {network: torch.optim.Adam(network.parameters(), lr=rate, betas=(0, 0.99), eps=1e-8) for network in (generator, discriminator)}
    maps = lambda images: projector(F.interpolate(images, 128, mode="bilinear", align_corners=False))
    results = {}

    def update(network, key, loss, prefix):
        loss.backward()
        results.update({f"{prefix}/{key}/grad/{name}": p.grad.clone() for name, p in network.named_parameters()})
        optimizers[network].step()
        network.zero_grad(set_to_none=True)
        results.update({f"{prefix}/{key}/param/{name}": p.detach().clone() for name, p in network.named_parameters()})

    for iteration in range(1, int(iterations) + 1):
        prefix, real = f"it{iteration}", inputs[f"real_{iteration}"]
        discriminator.requires_grad_(False)
        images = generator(inputs[f"z_G_{iteration}"])
        generated = discriminator(maps(images))
        loss = F.softplus(discriminator(maps(real)) - generated).mean()
        results[f"{prefix}/G/loss"] = loss.detach().reshape(1)
        update(generator, "G", loss, prefix)

        discriminator.requires_grad_(True)
        with torch.no_grad():
            fake = images.detach() if fakes == "shared" else generator(inputs[f"z_D_{iteration}"])
        fake_maps, real_maps = ([x.requires_grad_() for x in maps(of)] for of in (fake, real))
        fake_logits = discriminator(fake_maps)
        real_logits = discriminator(real_maps)
        pairs = F.softplus(fake_logits - real_logits).mean()
        losses = [pairs / 2 + gamma / 2 * penalty(*of, real_maps) for of in ((fake_logits, fake_maps), (real_logits, real_maps))]
        results[f"{prefix}/D/loss_fake"], results[f"{prefix}/D/loss_real"] = (part.detach().reshape(1) for part in losses)
        update(discriminator, "D", sum(losses), prefix)

    safetensors_file.write(os.path.join(folder, "expected.safetensors"), results)


if __name__ == "__main__":
    main(*sys.argv[1:])
