"""One training iteration of a Projected GAN in plain PyTorch (eager), as a peer for `pgan bench step --peer`.

Written as a PyTorch user would write it: nn.Modules, torch.nn.utils.spectral_norm, torch.optim.Adam, no custom kernels.
It reads one JSON object (the benchmark's configuration) from standard input and prints one JSON object:
{"seconds": [per timed iteration], "peakBytes": resident peak, "torch": version}.

Fields read: generator (fastgan_lite | fastgan), width, latent, resolution, batch, threads, features (mobilenet_v2 |
tf_efficientnet_lite0), featureSize, projectionChannels, discriminatorWidth, channelsLast, sharedFakes, warmup, iterations, device.
Weights are random: the time of a step does not depend on their values.
"""
import json
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import spectral_norm

GENERATOR_WIDTHS = {4: 16, 8: 8, 16: 4, 32: 2, 64: 2, 128: 1, 256: 0.5, 512: 0.25, 1024: 0.125}
# (expansion, kernel, stride, channels, repeats); the taps for the projections lie behind stages 1, 2, 4 and 6.
MOBILENET_V2 = [(1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 3, 2, 32, 3), (6, 3, 2, 64, 4), (6, 3, 1, 96, 3), (6, 3, 2, 160, 3), (6, 3, 1, 320, 1)]
EFFICIENTNET_LITE0 = [(1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)]
TAPS = (1, 2, 4, 6)
DISCRIMINATOR_WIDTHS = {128: 64, 64: 64, 32: 128, 16: 256, 8: 512}


class SamePadConv(nn.Conv2d):
    """Convolution with TensorFlow's SAME padding at stride 2."""

    def forward(self, x):
        if self.stride[0] == 1:
            return super().forward(x)
        total = [max((-(-n // 2) - 1) * 2 + self.kernel_size[0] - n, 0) for n in x.shape[-2:]]
        h, w = total
        x = F.pad(x, (w // 2, w - w // 2, h // 2, h - h // 2))
        return F.conv2d(x, self.weight, self.bias, 2, 0, 1, self.groups)


def conv_bn(cin, cout, k, stride, groups=1, act=True):
    pad = k // 2 if stride == 1 else 0
    layers = [SamePadConv(cin, cout, k, stride, pad, groups=groups, bias=False), nn.BatchNorm2d(cout, eps=1e-3)]
    return nn.Sequential(*layers, nn.ReLU6()) if act else nn.Sequential(*layers)


class InvertedResidual(nn.Module):
    def __init__(self, cin, cout, expansion, k, stride):
        super().__init__()
        mid = cin * expansion
        self.residual = stride == 1 and cin == cout
        expand = [conv_bn(cin, mid, 1, 1)] if expansion > 1 else []
        self.body = nn.Sequential(*expand, conv_bn(mid, mid, k, stride, groups=mid), conv_bn(mid, cout, 1, 1, act=False))

    def forward(self, x):
        return x + self.body(x) if self.residual else self.body(x)


class FeatureNetwork(nn.Module):
    def __init__(self, stages):
        super().__init__()
        self.stem = conv_bn(3, 32, 3, 2)
        self.stages = nn.ModuleList()
        cin, self.channels = 32, []
        for index, (expansion, k, stride, cout, repeats) in enumerate(stages):
            blocks = []
            for r in range(repeats):
                blocks.append(InvertedResidual(cin, cout, expansion, k, stride if r == 0 else 1))
                cin = cout
            self.stages.append(nn.Sequential(*blocks))
            if index in TAPS:
                self.channels.append(cout)

    def forward(self, x):
        x, taps = self.stem(x), []
        for index, stage in enumerate(self.stages):
            x = stage(x)
            if index in TAPS:
                taps.append(x)
        return taps


class Projector(nn.Module):
    """Feature network, cross-channel and cross-scale mixing; frozen."""

    def __init__(self, network, cout):
        super().__init__()
        self.network = network
        widths = [cout, cout * 2, cout * 4, cout * 8]
        self.ccm = nn.ModuleList(nn.Conv2d(c, w, 1) for c, w in zip(network.channels, widths))
        self.out = [cout, cout, cout * 2, cout * 4]
        self.csm = nn.ModuleList(nn.Conv2d(w, o, 1) for w, o in zip(widths, self.out))
        self.requires_grad_(False)

    def train(self, mode=True):
        return super().train(False)

    def forward(self, x):
        mixed = [ccm(f) for ccm, f in zip(self.ccm, self.network(x))]
        maps, below = [None] * 4, None
        for level in (3, 2, 1, 0):
            x = mixed[level] if below is None else mixed[level] + below
            x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
            below = maps[level] = self.csm[level](x)
        return maps


class Discriminator(nn.Module):
    """Four heads of down blocks to 4x4 logits on 224-pixel features."""

    def __init__(self, channels, width):
        super().__init__()
        self.heads = nn.ModuleList()
        for start, cin in zip((128, 64, 32, 16), channels):
            layers, size = [], start
            while size > 8:
                cout = int(DISCRIMINATOR_WIDTHS[size // 2] * width)
                layers += [spectral_norm(nn.Conv2d(cin, cout, 4, 2, 1)), nn.BatchNorm2d(cout), nn.LeakyReLU(0.2, inplace=True)]
                cin, size = cout, size // 2
            self.heads.append(nn.Sequential(*layers, spectral_norm(nn.Conv2d(cin, 1, 4, bias=False))))

    def forward(self, maps):
        return torch.cat([head(m).flatten(1) for head, m in zip(self.heads, maps)], 1)


class Noise(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x + self.weight * torch.randn(x.shape[0], 1, *x.shape[2:], device=x.device)


def up_block(cin, cout, lite):
    layers = [nn.Upsample(scale_factor=2), spectral_norm(nn.Conv2d(cin, cout * 2, 3, 1, 1, bias=False)), *([] if lite else [Noise()]), nn.BatchNorm2d(cout * 2), nn.GLU(1)]
    if not lite:
        layers += [spectral_norm(nn.Conv2d(cout, cout * 2, 3, 1, 1, bias=False)), Noise(), nn.BatchNorm2d(cout * 2), nn.GLU(1)]
    return nn.Sequential(*layers)


class Excitation(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.main = nn.Sequential(
            nn.AdaptiveAvgPool2d(4), spectral_norm(nn.Conv2d(cin, cout, 4, bias=False)), nn.SiLU(),
            spectral_norm(nn.Conv2d(cout, cout, 1, bias=False)), nn.Sigmoid())

    def forward(self, low, high):
        return high * self.main(low)


class Generator(nn.Module):
    def __init__(self, c):
        super().__init__()
        lite, self.resolution = c["generator"] == "fastgan_lite", c["resolution"]
        width = {r: int(m * c["width"]) for r, m in GENERATOR_WIDTHS.items()}
        self.init = nn.Sequential(spectral_norm(nn.ConvTranspose2d(c["latent"], width[4] * 2, 4, bias=False)), nn.BatchNorm2d(width[4] * 2), nn.GLU(1))
        self.ups, self.excitations, r = nn.ModuleDict(), nn.ModuleDict(), 8
        while r <= self.resolution:
            self.ups[str(r)] = up_block(width[r // 2], width[r], lite)
            if 64 <= r <= 512:
                self.excitations[str(r)] = Excitation(width[r // 16], width[r])
            r *= 2
        self.to_image = spectral_norm(nn.Conv2d(width[self.resolution], 3, 3, 1, 1))

    def forward(self, z):
        z = z / (z.square().mean(1, keepdim=True) + 1e-8).sqrt()
        maps = {4: self.init(z[:, :, None, None])}
        for name, up in self.ups.items():
            r = int(name)
            maps[r] = up(maps[r // 2])
            if name in self.excitations:
                maps[r] = self.excitations[name](maps[r // 16], maps[r])
        return self.to_image(maps[self.resolution])


def augment(x):
    """DiffAugment: color, translation, cutout (Zhao et al. 2020)."""
    n, _, h, w = x.shape
    u = lambda: torch.rand(n, 1, 1, 1, device=x.device)
    x = x + (u() - 0.5)
    mean = x.mean(1, keepdim=True)
    x = (x - mean) * (u() * 2) + mean
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * (u() + 0.5) + mean
    sh, sw = int(h * 0.125 + 0.5), int(w * 0.125 + 0.5)
    dy = torch.randint(-sh, sh + 1, (n, 1, 1), device=x.device)
    dx = torch.randint(-sw, sw + 1, (n, 1, 1), device=x.device)
    b, gy, gx = torch.meshgrid(torch.arange(n, device=x.device), torch.arange(h, device=x.device), torch.arange(w, device=x.device), indexing="ij")
    gy, gx = (gy + dy + 1).clamp(0, h + 1), (gx + dx + 1).clamp(0, w + 1)
    x = F.pad(x, (1, 1, 1, 1)).permute(0, 2, 3, 1)[b, gy, gx].permute(0, 3, 1, 2)
    ch, cw = int(h * 0.2 + 0.5), int(w * 0.2 + 0.5)
    oy = torch.randint(0, h + (1 - ch % 2), (n, 1, 1), device=x.device)
    ox = torch.randint(0, w + (1 - cw % 2), (n, 1, 1), device=x.device)
    b, gy, gx = torch.meshgrid(torch.arange(n, device=x.device), torch.arange(ch, device=x.device), torch.arange(cw, device=x.device), indexing="ij")
    mask = torch.ones(n, h, w, device=x.device)
    mask[b, (gy + oy - ch // 2).clamp(0, h - 1), (gx + ox - cw // 2).clamp(0, w - 1)] = 0
    return x * mask.unsqueeze(1)


class Step:
    def __init__(self, c):
        self.c, self.device = c, torch.device(c.get("device", "cpu"))
        stages = {"mobilenet_v2": MOBILENET_V2, "tf_efficientnet_lite0": EFFICIENTNET_LITE0}[c["features"]]
        self.generator = Generator(c).to(self.device).train()
        self.average = Generator(c).to(self.device).eval().requires_grad_(False)
        self.average.load_state_dict(self.generator.state_dict())
        self.projector = Projector(FeatureNetwork(stages), c["projectionChannels"]).to(self.device).eval()
        self.discriminator = Discriminator(self.projector.out, c["discriminatorWidth"]).to(self.device).train()
        if c.get("channelsLast"):
            self.projector.to(memory_format=torch.channels_last)
            self.discriminator.to(memory_format=torch.channels_last)
        self.adam = [torch.optim.Adam(m.parameters(), lr=2e-4, betas=(0, 0.99)) for m in (self.generator, self.discriminator)]

    def latents(self):
        return torch.randn(self.c["batch"], self.c["latent"], device=self.device)

    def logits(self, images):
        x = F.interpolate(augment(images), self.c["featureSize"], mode="bilinear", align_corners=False)
        if self.c.get("channelsLast"):
            x = x.contiguous(memory_format=torch.channels_last)
        return self.discriminator(self.projector(x))

    def update(self, module, adam):
        module.requires_grad_(False)
        for p in module.parameters():
            if p.grad is not None:
                torch.nan_to_num(p.grad, nan=0, posinf=1e5, neginf=-1e5, out=p.grad)
        adam.step()

    def __call__(self, real):
        self.discriminator.requires_grad_(False)
        self.generator.requires_grad_(True)
        self.adam[0].zero_grad(set_to_none=True)
        fake = self.generator(self.latents())
        (-self.logits(fake).mean()).backward()
        self.update(self.generator, self.adam[0])

        self.discriminator.requires_grad_(True)
        self.adam[1].zero_grad(set_to_none=True)
        if self.c.get("sharedFakes"):
            fake = fake.detach()
        else:
            with torch.no_grad():
                fake = self.generator(self.latents())
        F.relu(1 + self.logits(fake)).mean().backward()
        F.relu(1 - self.logits(real)).mean().backward()
        self.update(self.discriminator, self.adam[1])

        with torch.no_grad():
            for a, p in zip(self.average.parameters(), self.generator.parameters()):
                a.copy_(p.lerp(a, 0.99))
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
