"""One training iteration of a Projected GAN in plain PyTorch (eager), as a peer for `pgan bench step --peer`.

Written as a PyTorch user would write it: nn.Modules, torch.nn.utils.spectral_norm, torch.optim.Adam, no custom kernels.
It reads one JSON object (the benchmark's configuration) from standard input and prints one JSON object:
{"seconds": [per timed iteration], "peakBytes": resident peak, "torch": version}.

Fields read: generator (fastgan_lite | fastgan), width, latent, resolution, batch, replicas, threads, features (mobilenet_v2 |
tf_efficientnet_lite0), featureSize, augmentation (color, translation, cutout: each true or false), projectionChannels, discriminatorWidth,
generatorRate, discriminatorRate, emaHalfLife, emaRampUp, channelsLast, sharedFakes, warmup, iterations, device. Weights are random: the time
of a step does not depend on their values.
"""
import copy
import json
import resource
import sys
import time

import torch
import torch.nn.functional as F

from networks import FastGan, Features, MultiScale, Noise


def color(x):
    u = lambda: torch.rand(len(x), 1, 1, 1, device=x.device)
    x = x + (u() - 0.5)
    mean = x.mean(1, keepdim=True)
    x = (x - mean) * (u() * 2) + mean
    mean = x.mean((1, 2, 3), keepdim=True)
    return (x - mean) * (u() + 0.5) + mean


def translation(x):
    n, _, h, w = x.shape
    sh, sw = int(h * 0.125 + 0.5), int(w * 0.125 + 0.5)
    dy = torch.randint(-sh, sh + 1, (n, 1, 1), device=x.device)
    dx = torch.randint(-sw, sw + 1, (n, 1, 1), device=x.device)
    b, gy, gx = torch.meshgrid(torch.arange(n, device=x.device), torch.arange(h, device=x.device), torch.arange(w, device=x.device), indexing="ij")
    gy, gx = (gy + dy + 1).clamp(0, h + 1), (gx + dx + 1).clamp(0, w + 1)
    return F.pad(x, (1, 1, 1, 1)).permute(0, 2, 3, 1)[b, gy, gx].permute(0, 3, 1, 2)


def cutout(x):
    n, _, h, w = x.shape
    ch, cw = int(h * 0.2 + 0.5), int(w * 0.2 + 0.5)
    oy = torch.randint(0, h + (1 - ch % 2), (n, 1, 1), device=x.device)
    ox = torch.randint(0, w + (1 - cw % 2), (n, 1, 1), device=x.device)
    b, gy, gx = torch.meshgrid(torch.arange(n, device=x.device), torch.arange(ch, device=x.device), torch.arange(cw, device=x.device), indexing="ij")
    mask = torch.ones(n, h, w, device=x.device)
    mask[b, (gy + oy - ch // 2).clamp(0, h - 1), (gx + ox - cw // 2).clamp(0, w - 1)] = 0
    return x * mask.unsqueeze(1)


# DiffAugment (Zhao et al. 2020), in its order.
AUGMENTATIONS = {"color": color, "translation": translation, "cutout": cutout}


class Step:
    """The networks, their optimisers, and one iteration at a time. As in data-parallel training, gradients are averaged over `replicas` parts of
    the batch, each normalised by itself; buffers go on from the first replica's, as if the others were other processes."""

    def __init__(self, c):
        self.c, self.device, self.seen = c, torch.device(c["device"]), 0
        projection = {"proj_type": 2, "cout": c["projectionChannels"], "expand": True}
        self.generator = FastGan({
            "img_resolution": c["resolution"], "lite": c["generator"] == "fastgan_lite", "ngf": c["width"], "z_dim": c["latent"], "cond": False})
        self.projector = Features(projection, c["features"]).requires_grad_(False)
        self.discriminator = MultiScale({
            "channels": self.projector.channels, "resolutions": self.projector.resolutions, "num_discs": 4, "separable": False, "cond": False,
            "width": c["discriminatorWidth"]})
        self.average = copy.deepcopy(self.generator).requires_grad_(False)
        for network in (self.generator, self.discriminator):
            network.to(self.device).train()
        for network in (self.projector, self.average):
            network.to(self.device).eval()
        if c.get("channelsLast"):
            self.projector.to(memory_format=torch.channels_last)
            self.discriminator.to(memory_format=torch.channels_last)
        self.adam = [
            torch.optim.Adam(network.parameters(), lr=c[rate], betas=(0, 0.99))
            for network, rate in ((self.generator, "generatorRate"), (self.discriminator, "discriminatorRate"))]

    def generate(self):
        latents = torch.randn(self.c["batch"] // self.c["replicas"], self.c["latent"], device=self.device)
        return self.generator(latents, noise=Noise(lambda _, shape: torch.randn(shape, device=self.device)))

    def logits(self, images):
        for name, augment in AUGMENTATIONS.items():
            if self.c["augmentation"][name]:
                images = augment(images)
        x = F.interpolate(images, self.c["featureSize"], mode="bilinear", align_corners=False)
        if self.c.get("channelsLast"):
            x = x.contiguous(memory_format=torch.channels_last)
        return self.discriminator(self.projector(x))

    def update(self, network, adam):
        """Averages the sum over replicas, replaces what is not finite, applies it. Returns the gradients."""
        network.requires_grad_(False)
        gradients = [p.grad for p in network.parameters() if p.grad is not None]
        for gradient in gradients:
            torch.nan_to_num(gradient.div_(self.c["replicas"]), nan=0, posinf=1e5, neginf=-1e5, out=gradient)
        adam.step()
        return gradients

    def alike(self, replicas):
        """Each replica starts from the same buffers; the first one's are kept."""
        buffers = [b for network in (self.generator, self.discriminator) for b in network.buffers()]
        before = [b.clone() for b in buffers] if len(replicas) > 1 else []
        after = []
        for replica in replicas:
            yield replica
            if replica == 0 and before:
                after = [b.clone() for b in buffers]
            for b, start in zip(buffers, before):
                b.copy_(start)
        for b, kept in zip(buffers, after):
            b.copy_(kept)

    def begin(self, network, adam):
        network.requires_grad_(True)
        adam.zero_grad(set_to_none=True)

    def __call__(self, real):
        """One iteration on [batch, 3, resolution, resolution] in [-1, 1]. Returns its losses and logits of each replica, and both gradients."""
        replicas, fakes = range(self.c["replicas"]), []
        self.begin(self.generator, self.adam[0])
        losses, generated, reals = [], [], []
        for _ in self.alike(replicas):
            fakes.append(self.generate())
            losses.append(-self.logits(fakes[-1]).mean())
            losses[-1].backward()
        generator_gradients = self.update(self.generator, self.adam[0])

        self.begin(self.discriminator, self.adam[1])
        for replica in self.alike(replicas):
            if not self.c.get("sharedFakes"):
                with torch.no_grad():
                    fakes[replica] = self.generate()
            generated.append(self.logits(fakes[replica].detach()))
            F.relu(1 + generated[-1]).mean().backward()
            reals.append(self.logits(real.chunk(len(replicas))[replica]))
            F.relu(1 - reals[-1]).mean().backward()
        discriminator_gradients = self.update(self.discriminator, self.adam[1])
        self.move_average()
        return {
            "loss": torch.stack(losses).detach(), "generated": torch.cat(generated).detach(), "real": torch.cat(reals).detach(),
            "gradients": (generator_gradients, discriminator_gradients)}

    def move_average(self):
        """Half-life: batch x 10 / 32 thousand images, at most `emaRampUp` of the images seen before this iteration."""
        half_life = self.c["emaHalfLife"] or self.c["batch"] * 10_000 / 32
        if self.c["emaRampUp"]:
            half_life = min(half_life, self.seen * self.c["emaRampUp"])
        beta = 0.5 ** (self.c["batch"] / max(half_life, 1e-8))
        self.seen += self.c["batch"]
        with torch.no_grad():
            for a, p in zip(self.average.parameters(), self.generator.parameters()):
                a.copy_(p.lerp(a, beta))
            for a, b in zip(self.average.buffers(), self.generator.buffers()):
                a.copy_(b)


def main():
    c = json.load(sys.stdin)
    torch.manual_seed(0)
    torch.set_num_threads(c["threads"])
    step = Step(c)
    real = torch.rand(c["batch"], 3, c["resolution"], c["resolution"], device=step.device) * 2 - 1
    seconds = []
    for index in range(c["warmup"] + c["iterations"]):
        start = time.perf_counter()
        step(real)
        if step.device.type == "cuda":
            torch.cuda.synchronize()
        if index >= c["warmup"]:
            seconds.append(time.perf_counter() - start)
    peak = torch.cuda.max_memory_allocated() if step.device.type == "cuda" else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "peakBytes": peak, "torch": torch.__version__}))


if __name__ == "__main__":
    main()
