"""Iterations of StyleGAN2 with the non-saturating loss, R1, path length regularisation and style mixing, as PyTorch's autograd has them.

usage: stylegan2_iteration.py FOLDER GAMMA PATH_WEIGHT INTERVAL RATE ITERATIONS

FOLDER holds generator and discriminator.safetensors, the fresh networks' state, and inputs.safetensors with, for each iteration I, z_G_I, z_D_I and
z_P_I (latents of the generator's phase, the discriminator's, the path lengths), mix_G_I, … (second latents), from_G_I, … (1 where a layer's style is
the second's), y_I (directions) and real_I. All is float64. The regularisations are computed in every INTERVAL-th iteration. expected.safetensors
gets for each iteration the losses, all gradients and the parameters after the updates.
"""
import math
import os
import sys

import torch
import torch.nn.functional as F

import safetensors_file


def act(x, gain=1.0):
    return F.leaky_relu(x, 0.2) * math.sqrt(2) * gain


def fir(scale):
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0])
    return (scale * torch.outer(taps, taps) / 64)[None, None]


def each_channel(x, filter, convolve=F.conv2d, **geometry):
    c = x.shape[1]
    return convolve(x, filter.expand(c, 1, 4, 4), groups=c, **geometry)


def dense(p, name, x, rate=1.0):
    w = p[name + ".weight"]
    return F.linear(x, w * (rate / math.sqrt(w.shape[1])), p[name + ".bias"] * rate)


def unit(x):
    return x / (x.square().mean(1, keepdim=True) + 1e-8).sqrt()


def styles(p, z, mixed, from_second):
    def one(z):
        w = unit(z)
        for layer in range(2):
            w = act(dense(p, f"mapping.fc{layer}", w, 0.01))
        return w[:, None].expand(-1, from_second.shape[1], -1)

    return torch.where(from_second > 0, one(mixed), one(z))


def modulated(p, name, x, w, up, demodulate=True, gain=1.0):
    """Every image with weights of its own, as the paper writes it."""
    weight = p[name + ".weight"]
    style = dense(p, name + ".affine", w) * gain
    maps = []
    for image, s in zip(x, style):
        own = weight * s[None, :, None, None]
        if demodulate:
            own = own / (own.square().sum((1, 2, 3), keepdim=True) + 1e-8).sqrt()
        if up:
            large = F.conv_transpose2d(image[None], own.transpose(0, 1), stride=2)
            maps.append(each_channel(large, fir(4), padding=1))
        else:
            maps.append(F.conv2d(image[None], own, padding=own.shape[-1] // 2))
    return torch.cat(maps) + p[name + ".bias"][:, None, None]


def synthesize(p, ws):
    sides = sorted(int(name.split(".")[1][1:]) for name in p if name.endswith("torgb.weight"))
    x = p["synthesis.b4.const"][None].expand(ws.shape[0], -1, -1, -1)
    image, place = None, 0
    for side in sides:
        block = f"synthesis.b{side}."
        if side > 4:
            x = act(modulated(p, block + "conv0", x, ws[:, place], up=True))
            place += 1
        x = act(modulated(p, block + "conv1", x, ws[:, place], up=False))
        place += 1
        channels = x.shape[1]
        made = modulated(p, block + "torgb", x, ws[:, place], up=False, demodulate=False, gain=1 / math.sqrt(channels))
        image = made if image is None else made + each_channel(image, fir(4), F.conv_transpose2d, stride=2, padding=1)
    return image


def judge(p, x):
    def conv(name, x, down=False):
        w = p[name + ".weight"]
        w = w / math.sqrt(w[0].numel())
        bias = p.get(name + ".bias")
        if not down:
            return F.conv2d(x, w, bias, padding=w.shape[-1] // 2)
        if w.shape[-1] == 1:
            return F.conv2d(each_channel(x, fir(1), padding=1)[:, :, ::2, ::2], w, bias)
        return F.conv2d(each_channel(x, fir(1), padding=2), w, bias, stride=2)

    side = x.shape[-1]
    x = act(conv(f"b{side}.fromrgb", x))
    while side > 4:
        block = f"b{side}."
        past = conv(block + "skip", x, down=True) * math.sqrt(0.5)
        x = past + act(conv(block + "conv1", act(conv(block + "conv0", x)), down=True), math.sqrt(0.5))
        side //= 2
    # Up to four images of a group, spread evenly over the batch.
    n = x.shape[0]
    size = max(s for s in (1, 2, 3, 4) if n % s == 0)
    deviations = torch.stack([(x[m::n // size].var(0, unbiased=False) + 1e-8).sqrt().mean() for m in range(n // size)])
    plane = deviations.repeat(size)[:, None, None, None].expand(n, 1, 4, 4)
    x = act(conv("b4.conv", torch.cat([x, plane], 1)))
    return dense(p, "b4.out", act(dense(p, "b4.fc", x.flatten(1))))


def main(folder, gamma, path_weight, interval, rate, iterations):
    torch.set_default_dtype(torch.float64)
    gamma, path_weight, rate, interval = float(gamma), float(path_weight), float(rate), int(interval)
    read = lambda name: safetensors_file.read(os.path.join(folder, name + ".safetensors"))[0]
    inputs, states = read("inputs"), {"G": read("generator"), "D": read("discriminator")}
    buffers = ("w_avg", "noise_const", "resample_filter", "noise_strength")
    parameters = {key: {name: t.clone().requires_grad_() for name, t in state.items() if name.rsplit(".", 1)[-1] not in buffers} for key, state in states.items()}
    g, d = parameters["G"], parameters["D"]
    optimizers = {key: torch.optim.Adam(list(p.values()), lr=rate, betas=(0, 0.99), eps=1e-8) for key, p in parameters.items()}
    results, path_mean = {}, 0.0

    def update(key, loss, prefix):
        p = parameters[key]
        for (name, parameter), gradient in zip(p.items(), torch.autograd.grad(loss, list(p.values()))):
            parameter.grad = gradient
            results[f"{prefix}/{key}/grad/{name}"] = gradient.clone()
        optimizers[key].step()
        results.update({f"{prefix}/{key}/param/{name}": t.detach().clone() for name, t in p.items()})

    for iteration in range(1, int(iterations) + 1):
        prefix = f"it{iteration}"
        regularised = (iteration - 1) % interval == 0
        drawn = lambda key: styles(g, *(inputs[f"{what}_{key}_{iteration}"] for what in ("z", "mix", "from")))
        loss = F.softplus(-judge(d, synthesize(g, drawn("G")))).mean()
        results[f"{prefix}/G/loss"] = loss.detach().reshape(1)
        if regularised:
            ws = drawn("P")
            images = synthesize(g, ws)
            (gradient,) = torch.autograd.grad((images * inputs[f"y_{iteration}"]).sum() / images.shape[-1], ws, create_graph=True)
            lengths = gradient.square().sum(2).mean(1).sqrt()
            path_mean = 0.99 * path_mean + 0.01 * lengths.mean().item()
            loss = loss + interval * path_weight * (lengths - path_mean).square().mean()
        update("G", loss, prefix)

        with torch.no_grad():
            fake = synthesize(g, drawn("D"))
        real = inputs[f"real_{iteration}"].clone().requires_grad_()
        fake_loss = F.softplus(judge(d, fake)).mean()
        logits = judge(d, real)
        real_loss = F.softplus(-logits).mean()
        if regularised:
            (gradient,) = torch.autograd.grad(logits.sum(), real, create_graph=True)
            unit_of_norm = real[0].numel() * real.detach().var(unbiased=False)
            real_loss = real_loss + interval * gamma / 2 * unit_of_norm * gradient.square().sum((1, 2, 3)).mean()
        results[f"{prefix}/D/loss_fake"], results[f"{prefix}/D/loss_real"] = (part.detach().reshape(1) for part in (fake_loss, real_loss))
        update("D", fake_loss + real_loss, prefix)

    safetensors_file.write(os.path.join(folder, "expected.safetensors"), results)


if __name__ == "__main__":
    main(*sys.argv[1:])
