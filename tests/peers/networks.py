"""The networks of a Projected GAN in plain PyTorch: its own layers with their default initialisation, under the reference's names.

Written from the descriptions in the golden README and in the papers (Sauer et al. 2021, Liu et al. 2021, Tan and Le 2019, Sandler et al. 2018).
Each builder takes the `args` of a golden manifest's module; `golden_folder.py check` holds them against the values of a folder that was made
elsewhere. A fresh network is what PyTorch makes of it: no layer here sets its own weights.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import spectral_norm

GENERATOR_WIDTHS = {4: 16, 8: 8, 16: 4, 32: 2, 64: 2, 128: 1, 256: 0.5, 512: 0.25, 1024: 0.125}
DISCRIMINATOR_WIDTHS = {4: 512, 8: 512, 16: 256, 32: 128, 64: 64, 128: 64, 256: 32, 512: 16, 1024: 8}
# (kernel, stride, expansion, channels, blocks) of EfficientNet-lite0, and by what the others multiply channels and blocks (Tan and Le 2019).
LITE_GROUPS = [(3, 1, 1, 16, 1), (3, 2, 6, 24, 2), (5, 2, 6, 40, 2), (3, 2, 6, 80, 3), (5, 1, 6, 112, 3), (5, 2, 6, 192, 4), (3, 1, 6, 320, 1)]
LITE_SCALES = {"0": (1.0, 1.0), "1": (1.0, 1.1), "2": (1.1, 1.2), "3": (1.2, 1.4), "4": (1.4, 1.8)}
LITE_STAGES = [(0, 1), (2,), (3, 4), (5, 6)]
# (stride, channels, blocks) of MobileNetV2; the taps lie behind these blocks.
MOBILENET_GROUPS = [(1, 16, 1), (2, 24, 2), (2, 32, 3), (2, 64, 4), (1, 96, 3), (2, 160, 3), (1, 320, 1)]
MOBILENET_TAPS = [2, 5, 12, 16]
NOMINAL_SIZE = 256
REFERENCE_CLASSES = 1000


class Noise:
    """The draws of one forward pass or of one phase: draw j is the input `<prefix>{j}` of the case."""

    def __init__(self, draw):
        self.draw, self.count = draw, 0

    def __call__(self, shape):
        self.count += 1
        return self.draw(self.count - 1, shape)


def sn_conv(cin, cout, k, stride=1, pad=0, bias=False, groups=1):
    return spectral_norm(nn.Conv2d(cin, cout, k, stride, pad, bias=bias, groups=groups))


class NoiseInjection(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, x, noise):
        return x + self.weight * noise((x.shape[0], 1, *x.shape[2:]))


class ConditionalNorm(nn.Module):
    def __init__(self, channels, condition):
        super().__init__()
        self.register_buffer("stored_mean", torch.zeros(channels))
        self.register_buffer("stored_var", torch.ones(channels))
        self.gain = spectral_norm(nn.Linear(condition, channels))
        self.bias = spectral_norm(nn.Linear(condition, channels))

    def forward(self, x, y):
        gain, bias = 1 + self.gain(y), self.bias(y)
        x = F.batch_norm(x, self.stored_mean, self.stored_var, None, None, self.training, 0.1, 1e-5)
        return x * gain[:, :, None, None] + bias[:, :, None, None]


class UpBlock(nn.Module):
    """Nearest neighbour twice as large, then one (lite) or two (full) of: convolution, noise (full), normalisation, gate."""

    def __init__(self, cin, cout, lite, condition):
        super().__init__()
        self.lite, self.conditional = lite, condition is not None
        count = 1 if lite else 2
        convs = [sn_conv(cin if i == 0 else cout, cout * 2, 3, 1, 1) for i in range(count)]
        if self.conditional:
            norms = [ConditionalNorm(cout * 2, condition) for _ in range(count)]
            names = [""] if lite else ["1", "2"]
            self.order = [("conv" + n, "noise", "bn" + n) for n in names]
            for (conv, _, _), module in zip(self.order, convs):
                self.add_module(conv, module)
            for (_, _, norm), module in zip(self.order, norms):
                self.add_module(norm, module)
            if not lite:
                self.noise = NoiseInjection()
        else:
            self.order = [("1", None, "2")] if lite else [("1", "2", "3"), ("5", "6", "7")]
            for (conv, noise, norm), module in zip(self.order, convs):
                self.add_module(conv, module)
                if noise:
                    self.add_module(noise, NoiseInjection())
                self.add_module(norm, nn.BatchNorm2d(cout * 2))

    def forward(self, x, y, noise):
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        for conv, injection, norm in self.order:
            x = getattr(self, conv)(x)
            if not self.lite:
                x = getattr(self, injection)(x, noise)
            x = getattr(self, norm)(x, y) if self.conditional else getattr(self, norm)(x)
            x = F.glu(x, 1)
        return x


class Excitation(nn.Module):
    def __init__(self, low, high):
        super().__init__()
        self.main = nn.Sequential(nn.AdaptiveAvgPool2d(4), sn_conv(low, high, 4), nn.SiLU(), sn_conv(high, high, 1), nn.Sigmoid())

    def forward(self, low, high):
        return high * self.main(low)


class Start(nn.Module):
    def __init__(self, latent, channels):
        super().__init__()
        self.init = nn.Sequential(spectral_norm(nn.ConvTranspose2d(latent, channels * 2, 4, bias=False)), nn.BatchNorm2d(channels * 2), nn.GLU(1))

    def forward(self, z):
        return self.init(z[:, :, None, None])


class Synthesis(nn.Module):
    def __init__(self, args):
        super().__init__()
        self.resolution, lite = args["img_resolution"], args["lite"]
        latent, classes = args["z_dim"], args.get("num_classes") or REFERENCE_CLASSES
        condition = latent if args["cond"] else None
        width = {size: int(multiple * args["ngf"]) for size, multiple in GENERATOR_WIDTHS.items()}
        self.init = Start(latent, width[4])
        # The reference builds up to 256 whatever it needs; a generator of 64 pixels, which it does not have, is built without.
        always = [size for size in (8, 16, 32, 64, 128, 256) if size <= 64 or self.resolution > 64]
        extra = [size for size in (512, 1024) if size <= self.resolution]
        for size in always:
            self.add_module(f"feat_{size}", UpBlock(width[size // 2], width[size], lite, condition))
        for size in always[3:]:
            self.add_module(f"se_{size}", Excitation(width[size // 16], width[size]))
        self.to_big = sn_conv(width[self.resolution], 3, 3, 1, 1, bias=True)
        for size in extra:
            self.add_module(f"feat_{size}", UpBlock(width[size // 2], width[size], lite, condition))
            if size < 1024:
                self.add_module(f"se_{size}", Excitation(width[size // 16], width[size]))
        if condition is not None:
            self.embed = nn.Embedding(classes, latent)

    def forward(self, z, c, noise):
        y = self.embed(c.argmax(1)) if hasattr(self, "embed") else None
        z = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        size = 4
        maps = {4: self.init(z)}
        while size < self.resolution:
            size *= 2
            x = getattr(self, f"feat_{size}")(maps[size // 2], y, noise)
            maps[size] = getattr(self, f"se_{size}")(maps[size // 16], x) if hasattr(self, f"se_{size}") else x
        return self.to_big(maps[size])


class FastGan(nn.Module):
    def __init__(self, args):
        super().__init__()
        self.synthesis = Synthesis(args)

    def forward(self, z, c=None, noise=None):
        return self.synthesis(z, c, noise or Noise(lambda j, shape: z.new_zeros(shape)))


class SameConv(nn.Conv2d):
    """Stride 2 with TensorFlow's SAME padding, which depends on the size; otherwise padding of half the kernel."""

    def __init__(self, cin, cout, k, stride, groups=1):
        super().__init__(cin, cout, k, stride, k // 2 if stride == 1 else 0, groups=groups, bias=False)

    def forward(self, x):
        if self.stride[0] == 1:
            return super().forward(x)
        k, stride = self.kernel_size[0], self.stride[0]
        h, w = (max((-(-n // stride) - 1) * stride + k - n, 0) for n in x.shape[2:])
        return super().forward(F.pad(x, (w // 2, w - w // 2, h // 2, h - h // 2)))


class LiteBlock(nn.Module):
    def __init__(self, cin, cout, k, stride, expansion):
        super().__init__()
        mid, self.skip = cin * expansion, stride == 1 and cin == cout
        if expansion == 1:
            parts = [("conv_dw", SameConv(cin, mid, k, stride, mid), "bn1", mid), ("conv_pw", SameConv(mid, cout, 1, 1), "bn2", cout)]
        else:
            parts = [("conv_pw", SameConv(cin, mid, 1, 1), "bn1", mid), ("conv_dw", SameConv(mid, mid, k, stride, mid), "bn2", mid),
                     ("conv_pwl", SameConv(mid, cout, 1, 1), "bn3", cout)]
        self.order = [(conv, norm) for conv, _, norm, _ in parts]
        for conv, module, norm, channels in parts:
            self.add_module(conv, module)
            self.add_module(norm, nn.BatchNorm2d(channels, eps=1e-3))

    def forward(self, x):
        y = x
        for index, (conv, norm) in enumerate(self.order):
            y = getattr(self, norm)(getattr(self, conv)(y))
            if index + 1 < len(self.order):
                y = F.relu6(y)
        return x + y if self.skip else y


def lite_channels(channels, width):
    """Rounded half up to a multiple of 8, or the next one where that loses more than a tenth."""
    scaled = max(8, math.floor(channels * width / 8 + 0.5) * 8)
    return scaled if scaled >= 0.9 * channels * width else scaled + 8


class EfficientNetLite(nn.Module):
    def __init__(self, variant):
        super().__init__()
        cin, self.channels = 32, []
        width, depth = LITE_SCALES[variant[-1]]
        for stage, groups in enumerate(LITE_STAGES):
            modules = [nn.Conv2d(3, 32, 3), nn.BatchNorm2d(32, eps=1e-3), nn.ReLU6()] if stage == 0 else []
            if stage == 0:
                modules[0] = SameConv(3, 32, 3, 2)
            for group in groups:
                k, stride, expansion, cout, repeats = LITE_GROUPS[group]
                cout = lite_channels(cout, width)
                if 0 < group < len(LITE_GROUPS) - 1:
                    repeats = math.ceil(repeats * depth)
                blocks = []
                for r in range(repeats):
                    blocks.append(LiteBlock(cin, cout, k, stride if r == 0 else 1, expansion))
                    cin = cout
                modules.append(nn.Sequential(*blocks))
            self.channels.append(cin)
            self.add_module(f"layer{stage}", nn.Sequential(*modules))

    def forward(self, x):
        maps = []
        for stage in range(4):
            x = getattr(self, f"layer{stage}")(x)
            maps.append(x)
        return maps


class MobileNetV2(nn.Module):
    """Width 1.0 as Keras has it: its layers' names, TensorFlow's SAME padding, images in [0, 1] inside; without head and classifier."""

    channels = [24, 32, 96, 320]

    def __init__(self):
        super().__init__()
        self.stages, cin, block = [[], [], [], []], 32, 0
        self.stem = self.unit("Conv1", "bn_Conv1", SameConv(3, cin, 3, 2))
        for stride, cout, repeats in MOBILENET_GROUPS:
            for r in range(repeats):
                path, mid = f"block_{block}" if block else "expanded_conv", cin * 6 if block else cin
                convs = [SameConv(cin, mid, 1, 1)] if block else []
                convs += [SameConv(mid, mid, 3, stride if r == 0 else 1, mid), SameConv(mid, cout, 1, 1)]
                parts = zip(["expand", "depthwise", "project"][-len(convs):], convs)
                units = [self.unit(f"{path}_{part}", f"{path}_{part}_BN", conv) for part, conv in parts]
                stage = next(i for i, last in enumerate(MOBILENET_TAPS) if block <= last)
                self.stages[stage].append((units, r > 0))
                cin, block = cout, block + 1

    def unit(self, conv, norm, layer):
        self.add_module(conv, layer)
        self.add_module(norm, nn.BatchNorm2d(layer.out_channels, eps=1e-3))
        return conv, norm

    def apply_unit(self, x, unit):
        conv, norm = unit
        return getattr(self, norm)(getattr(self, conv)(x))

    def forward(self, x):
        x, maps = F.relu6(self.apply_unit((x + 1) / 2, self.stem)), []
        for stage in self.stages:
            for units, skip in stage:
                y = x
                for unit in units[:-1]:
                    y = F.relu6(self.apply_unit(y, unit))
                y = self.apply_unit(y, units[-1])
                x = x + y if skip else y
            maps.append(x)
        return maps


class Level(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.out_conv = nn.Conv2d(cin, cout, 1)


class Features(nn.Module):
    """A feature network with cross-channel (type 1) and cross-scale (type 2) mixing, or none (type 0)."""

    def __init__(self, args, network="tf_efficientnet_lite0"):
        super().__init__()
        self.type = args.get("proj_type", 0)
        self.pretrained = MobileNetV2() if network == "mobilenet_v2" else EfficientNetLite(network)
        self.channels = self.pretrained.channels
        if self.type:
            widths = [args["cout"] << i if args["expand"] else args["cout"] for i in range(4)]
            self.scratch = nn.Module()
            for i in range(4):
                self.scratch.add_module(f"layer{i}_ccm", nn.Conv2d(self.pretrained.channels[i], widths[i], 1))
            self.channels = widths
        if self.type == 2:
            self.channels = [widths[max(i - 1, 0)] for i in range(4)]
            for i in (3, 2, 1, 0):
                self.scratch.add_module(f"layer{i}_csm", Level(widths[i], self.channels[i]))
        finest = NOMINAL_SIZE // (2 if self.type == 2 else 4)
        self.resolutions = [finest >> i for i in range(4)]

    def forward(self, x):
        maps = self.pretrained(x)
        if self.type:
            maps = [getattr(self.scratch, f"layer{i}_ccm")(maps[i]) for i in range(4)]
        if self.type == 2:
            below = None
            for i in (3, 2, 1, 0):
                x = maps[i] if below is None else maps[i] + below
                x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
                below = maps[i] = getattr(self.scratch, f"layer{i}_csm").out_conv(x)
        return maps


class Separable(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.depthwise = sn_conv(cin, cin, 3, 1, 1, groups=cin)
        self.pointwise = sn_conv(cin, cout, 1)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))


class Main(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.main = nn.Sequential(*layers)

    def forward(self, x):
        return self.main(x)


def down_block(cin, cout, separable):
    if separable:
        return Main(Separable(cin, cout), nn.BatchNorm2d(cout), nn.LeakyReLU(0.2), nn.AvgPool2d(2))
    return Main(sn_conv(cin, cout, 4, 2, 1, bias=True), nn.BatchNorm2d(cout), nn.LeakyReLU(0.2))


def patch_block(cin, cout, separable):
    return Main(down_block(cin, cout, separable), sn_conv(cout, cout, 1), nn.BatchNorm2d(cout), nn.LeakyReLU(0.2))


class MiniDiscriminator(nn.Module):
    def __init__(self, cin, size, args):
        super().__init__()
        size = 16 if args.get("patch") else min(DISCRIMINATOR_WIDTHS, key=lambda known: abs(known - size))
        layers = []
        while size > 8:
            size //= 2
            cout = int(DISCRIMINATOR_WIDTHS[size] * args.get("width", 1))
            layers.append((patch_block if args.get("patch") else down_block)(cin, cout, args["separable"]))
            cin = cout
        if args["cond"]:
            self.main = nn.Sequential(*layers)
            self.cls = sn_conv(cin, 64, 4)
            self.embed = nn.Embedding(REFERENCE_CLASSES, 128)
            self.embed_proj = nn.Sequential(nn.Linear(128, 64), nn.LeakyReLU(0.2))
        else:
            self.main = nn.Sequential(*layers, sn_conv(cin, 1, 4))

    def forward(self, x, c):
        x = self.main(x)
        if hasattr(self, "cls"):
            y = self.embed_proj(self.embed(c.argmax(1)))
            x = (self.cls(x) * y[:, :, None, None]).sum(1, keepdim=True) / 8
        return x.flatten(1)


class MultiScale(nn.Module):
    def __init__(self, args):
        super().__init__()
        self.mini_discs = nn.ModuleDict(
            (str(i), MiniDiscriminator(args["channels"][i], args["resolutions"][i], args)) for i in range(args["num_discs"]))

    def forward(self, maps, c=None):
        return torch.cat([disc(maps[int(i)], c) for i, disc in self.mini_discs.items()], 1)


class Projected(nn.Module):
    def __init__(self, args):
        super().__init__()
        self.interp = 224 if args["interp224"] else None
        backbone = args["backbone_kwargs"]
        self.feature_network = Features(backbone)
        self.discriminator = MultiScale({
            **backbone, "channels": self.feature_network.channels, "resolutions": self.feature_network.resolutions})

    def train(self, mode=True):
        self.discriminator.train(mode)
        self.feature_network.eval()
        return self

    def forward(self, x, c=None):
        if self.interp:
            x = F.interpolate(x, self.interp, mode="bilinear", align_corners=False)
        return self.discriminator(self.feature_network(x), c)


BUILDERS = {
    "fastgan": FastGan,
    "effnet": lambda args: Features({}, args["variant"]),
    "f_randomproj": Features,
    "multiscaled": MultiScale,
    "projd": Projected,
}
