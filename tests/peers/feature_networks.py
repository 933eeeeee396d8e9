"""Runs a feature network of PyTorch with given weights on given images, and saves its checkpoint as its publisher does.

usage: feature_networks.py NETWORK WEIGHTS.safetensors IMAGES.safetensors OUT.safetensors [PUBLISHED.pth]

WEIGHTS has the network's published names without heads; IMAGES one tensor [N, 3, H, W] in [-1, 1] a key. OUT has, for every key k, `k.0` to `k.3`, the
taps at strides 4 to 32 (of clip_vit_b32 `k.0`, its embeddings, alone), and `k.gradient`, the gradient of the sum of their mean squares by the images: of float64 under `float64.` and, so that one sees
what rounding does to the network, of float32 under `float32.`. ResNets are torchvision's;
the transformers are made of PyTorch's own encoder layers, and CLIP's tower is written from its paper: Debian has neither timm nor CLIP.
"""
import collections
import sys

import torch
import torch.nn.functional as F
import torchvision
from torch import nn
from torchvision.models.feature_extraction import create_feature_extractor

import networks
import safetensors_file

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CLIP = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
LAYERS = ["layer1", "layer2", "layer3", "layer4"]


def normalize(images, statistics):
    return torchvision.transforms.functional.normalize((images + 1) / 2, *statistics)


class TorchvisionResNet(nn.Module):
    def __init__(self, name):
        super().__init__()
        self.whole = getattr(torchvision.models, name)(weights=None)

    def load(self, weights):
        result = self.whole.load_state_dict(weights, strict=False)
        assert sorted(result.missing_keys) == ["fc.bias", "fc.weight"] and not result.unexpected_keys, result

    def published(self):
        return self.whole.state_dict()

    def forward(self, images):
        taps = create_feature_extractor(self.whole, LAYERS)(normalize(images, IMAGENET))
        return [taps[layer] for layer in LAYERS]


class SwavResNet(TorchvisionResNet):
    def __init__(self):
        super().__init__("resnet50")

    def published(self):
        """As SwAV's authors do: below `module.`, with the head and the prototypes in place of a classifier."""
        state = {f"module.{name}": tensor for name, tensor in self.whole.state_dict().items() if not name.startswith("fc.")}
        heads = nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4)).state_dict()
        state.update({f"module.projection_head.{name}": tensor for name, tensor in heads.items()})
        state["module.prototypes.weight"] = torch.zeros(6, 4)
        return state


class Lite(nn.Module):
    def __init__(self, name):
        super().__init__()
        self.network = networks.EfficientNetLite(name)

    def load(self, weights):
        self.network.load_state_dict(weights)

    def published(self):
        return self.network.state_dict()

    def forward(self, images):
        return self.network(images)


class Transformer(nn.Module):
    """Twelve of PyTorch's encoder layers on patches of 16 pixels; the taps lie behind layers 3, 6, 9 and 12."""

    def __init__(self, tokens, statistics):
        super().__init__()
        self.tokens, self.statistics = tokens, statistics
        self.patches = nn.Conv2d(3, 768, 16, 16)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(768, 12, 3072, dropout=0, activation="gelu", layer_norm_eps=1e-6, batch_first=True, norm_first=True)
            for _ in range(12))

    def load(self, weights):
        self.weights = weights
        self.prefix = nn.Parameter(torch.cat([weights[token] for token in self.tokens], 1))
        self.positions = nn.Parameter(weights["pos_embed"])
        names = {"norm1": "norm1", "norm2": "norm2", "attn.proj": "self_attn.out_proj", "mlp.fc1": "linear1", "mlp.fc2": "linear2"}
        for i, layer in enumerate(self.layers):
            state = {f"{ours}.{part}": weights[f"blocks.{i}.{theirs}.{part}"] for theirs, ours in names.items() for part in ("weight", "bias")}
            state.update({f"self_attn.in_proj_{part}": weights[f"blocks.{i}.attn.qkv.{part}"] for part in ("weight", "bias")})
            layer.load_state_dict(state)
        self.patches.load_state_dict({part: weights[f"patch_embed.proj.{part}"] for part in ("weight", "bias")})

    def published(self):
        state = collections.OrderedDict(self.weights)
        heads = ["head", "head_dist"] if len(self.tokens) == 2 else ["head"]
        for head in heads:
            state.update({f"{head}.weight": torch.zeros(5, 768), f"{head}.bias": torch.zeros(5)})
        return {"model": state} if len(self.tokens) == 2 else state

    def forward(self, images):
        n, _, height, width = images.shape
        count, rows, columns = len(self.tokens), height // 16, width // 16
        positions = self.positions
        if (rows, columns) != (14, 14):
            grid = positions[:, count:].transpose(1, 2).reshape(1, 768, 14, 14)
            grid = F.interpolate(grid, (rows, columns), mode="bicubic", align_corners=False)
            positions = torch.cat([positions[:, :count], grid.flatten(2).transpose(1, 2)], 1)
        x = self.patches(normalize(images, self.statistics)).flatten(2).transpose(1, 2)
        x, taps = torch.cat([self.prefix.repeat(n, 1, 1), x], 1) + positions, []
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if i % 3 == 2:
                tap = x[:, count:].transpose(1, 2).reshape(n, 768, rows, columns)
                stride = 4 << len(taps)
                taps.append(F.interpolate(tap, (height // stride, width // stride), mode="bilinear", align_corners=False))
        return taps


class ClipBlock(nn.Module):
    def __init__(self, cin, mid, stride):
        super().__init__()
        cout = mid * 4
        for i, (a, b, k) in enumerate([(cin, mid, 1), (mid, mid, 3), (mid, cout, 1)], 1):
            self.add_module(f"conv{i}", nn.Conv2d(a, b, k, padding=k // 2, bias=False))
            self.add_module(f"bn{i}", nn.BatchNorm2d(b))
        self.pool = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()
        self.downsample = nn.Sequential(nn.Conv2d(cin, cout, 1, bias=False), nn.BatchNorm2d(cout)) if cin != cout else None

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.pool(F.relu(self.bn2(self.conv2(y))))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(self.pool(x))))


class ClipTower(nn.Module):
    def __init__(self):
        super().__init__()
        for i, (a, b, stride) in enumerate([(3, 32, 2), (32, 32, 1), (32, 64, 1)], 1):
            self.add_module(f"conv{i}", nn.Conv2d(a, b, 3, stride, 1, bias=False))
            self.add_module(f"bn{i}", nn.BatchNorm2d(b))
        cin = 64
        for stage, count in enumerate([3, 4, 6, 3]):
            blocks = []
            for block in range(count):
                blocks.append(ClipBlock(cin, 64 << stage, 2 if stage and not block else 1))
                cin = 256 << stage
            self.add_module(LAYERS[stage], nn.Sequential(*blocks))

    def forward(self, x):
        for i in (1, 2, 3):
            x = F.relu(getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(x)))
        x, taps = F.avg_pool2d(x, 2), []
        for layer in LAYERS:
            x = getattr(self, layer)(x)
            taps.append(x)
        return taps


class Clip(nn.Module):
    def __init__(self):
        super().__init__()
        self.visual = ClipTower()
        # What OpenAI's program has besides: the pool, the text tower, and sizes.
        self.visual.attnpool, self.transformer = nn.Linear(3, 3), nn.Linear(3, 3)
        self.text_projection = nn.Parameter(torch.zeros(3))
        self.register_buffer("input_resolution", torch.tensor(224))

    def load(self, weights):
        result = self.load_state_dict(weights, strict=False)
        assert len(result.missing_keys) == 6 and not result.unexpected_keys, result

    def published(self):
        """As OpenAI does: a TorchScript program."""
        with torch.no_grad():
            return torch.jit.trace(self, torch.zeros(1, 3, 64, 64))

    def forward(self, images):
        return self.visual(normalize(images, CLIP))


class QuickGelu(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class ClipLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.attn = nn.MultiheadAttention(width, heads, batch_first=True)
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mlp = nn.Sequential(collections.OrderedDict(c_fc=nn.Linear(width, 4 * width), gelu=QuickGelu(), c_proj=nn.Linear(4 * width, width)))

    def forward(self, x):
        y = self.ln_1(x)
        x = x + self.attn(y, y, y)[0]
        return x + self.mlp(self.ln_2(x))


class ClipLayers(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.resblocks = nn.Sequential(*(ClipLayer(width, heads) for _ in range(12)))

    def forward(self, x):
        return self.resblocks(x)


class ClipVision(nn.Module):
    """ViT-B/32 of CLIP's paper, of PyTorch's own attention; the text tower is there for its names."""

    def __init__(self):
        super().__init__()
        tower = self.visual = nn.Module()
        tower.conv1 = nn.Conv2d(3, 768, 32, 32, bias=False)
        tower.class_embedding, tower.positional_embedding = nn.Parameter(torch.zeros(768)), nn.Parameter(torch.zeros(50, 768))
        tower.ln_pre, tower.transformer, tower.ln_post = nn.LayerNorm(768), ClipLayers(768, 12), nn.LayerNorm(768)
        tower.proj = nn.Parameter(torch.zeros(768, 512))
        self.transformer, self.ln_final = ClipLayers(8, 2), nn.LayerNorm(8)
        self.positional_embedding, self.text_projection = nn.Parameter(torch.zeros(3, 8)), nn.Parameter(torch.zeros(8, 4))

    def load(self, weights):
        self.visual.load_state_dict({name.replace(".in_proj.", ".in_proj_"): tensor for name, tensor in weights.items()})

    def published(self):
        """As OpenAI does: a TorchScript program."""
        # PyTorch takes another way through its attention the second time, by which it would check the first.
        return torch.jit.trace(self, torch.zeros(1, 3, 224, 224), check_trace=False)

    def forward(self, images):
        tower = self.visual
        x = tower.conv1(normalize(images, CLIP)).flatten(2).transpose(1, 2)
        x = torch.cat([tower.class_embedding.expand(len(x), 1, -1), x], 1) + tower.positional_embedding
        return [tower.ln_post(tower.transformer(tower.ln_pre(x))[:, 0]) @ tower.proj]


BUILDERS = {
    "swav_resnet50": SwavResNet,
    "clip_vit_b32": ClipVision,
    "clip_resnet50": Clip,
    "vit_base_patch16_224": lambda: Transformer(["cls_token"], HALF),
    "deit_base_distilled_patch16_224": lambda: Transformer(["cls_token", "dist_token"], IMAGENET),
}


def build(name):
    if name in BUILDERS:
        return BUILDERS[name]()
    return TorchvisionResNet(name) if name.startswith("resnet") else Lite(name)


def main(name, weights_path, images_path, out_path, published_path=None):
    weights, _ = safetensors_file.read(weights_path)
    network = build(name).eval()
    network.load(weights)
    if published_path:
        published = network.published()
        (torch.jit.save if isinstance(published, torch.jit.ScriptModule) else torch.save)(published, published_path)
    out = {}
    for dtype in (torch.float32, torch.float64):
        network.to(dtype)
        for key, images in safetensors_file.read(images_path)[0].items():
            images, start = images.to(dtype).requires_grad_(), f"{str(dtype)[6:]}.{key}"
            taps = network(images)
            out.update({f"{start}.{i}": tap for i, tap in enumerate(taps)})
            out[f"{start}.gradient"], = torch.autograd.grad(sum(tap.square().mean() for tap in taps), images)
    safetensors_file.write(out_path, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
