"""Writes a golden folder of other sizes than tests/golden, and checks this peer against any golden folder.

    golden_folder.py write FOLDER    the manifest and one safetensors file a case of CASES below
    golden_folder.py check FOLDER    every case of FOLDER whose runner is known here, in float64, against its stored values

Plain PyTorch and numpy on the CPU with one thread; the same format and the same fill rule (README of the golden fixtures, sections 1 to 4).
There is no case for `stylegan2` and `inception`: a reader has to skip what a folder lacks.
"""
import json
import math
import os
import sys
import zlib

import numpy as np
import torch
import torch.nn.functional as F

import safetensors_file
from networks import BUILDERS, Noise

ROOT3 = math.sqrt(3)
SUFFIX = "#other-sizes"
SAMPLES = 512
SAMPLES_OF_PARAMETERS = 24


# The fill rule.

def draws(name, count):
    with np.errstate(over="ignore"):
        z = np.uint64(zlib.crc32((name + SUFFIX).encode()) << 32) + np.arange(count, dtype=np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((z ^ (z >> np.uint64(31))) >> np.uint64(40)).astype(np.int64)


def uniform(name, shape, scale=1.0, offset=0.0):
    u = draws(name, int(np.prod(shape, dtype=np.int64))) / 16777216.0
    return ((u * 2 - 1) * scale + offset).astype(np.float32).reshape(shape)


def integers(name, shape, low, high):
    return (low + ((draws(name, int(np.prod(shape))) * (high - low)) >> 24)).reshape(shape)


def subset(name, total, count):
    return np.argsort(draws(name, total), kind="stable")[:count]


def fill_kind(name, tensor, is_parameter, module, options):
    """Kind, scale and offset of a state_dict entry; the rules of the README's section 2."""
    leaf, shape = name.rsplit(".", 1)[-1], tensor.shape
    running = {"stored_mean": "running_mean", "stored_var": "running_var"}.get(leaf, leaf)
    statistics = isinstance(module, torch.nn.BatchNorm2d) or leaf in ("stored_mean", "stored_var")
    frozen = "pretrained." in name
    if leaf in ("weight_u", "weight_v"):
        return ("sn_u", 1.0, 0.0) if leaf == "weight_u" else ("sn_v", None, None)
    if leaf == "num_batches_tracked":
        return "keep_zero", None, None
    if statistics and running == "running_mean":
        return "bn_running_mean", 0.1 if frozen else options.get("bn_mean", 0.1), 0.0
    if statistics and running == "running_var":
        offset, scale = (1.0, 0.5) if frozen else options.get("bn_var", (0.15, 0.075))
        return "bn_running_var", scale, offset
    if statistics:
        return ("bn_weight", 0.2, 1.0) if leaf == "weight" else ("bn_bias", 0.1, 0.0)
    if isinstance(module, torch.nn.Embedding):
        return "embedding", ROOT3, 0.0
    if shape == (1,) and leaf == "weight":
        return "noise_weight", options.get("noise_weight", 0.0), 0.0
    if leaf == "bias":
        return "bias", 0.1, 0.0
    if isinstance(module, torch.nn.ConvTranspose2d):
        return "convtranspose_weight", math.sqrt(3 / shape[0]), 0.0
    if isinstance(module, torch.nn.Linear):
        return "linear_weight", math.sqrt(3 / shape[1]), 0.0
    return "conv_weight", math.sqrt((3.9 if frozen else 3) / int(np.prod(shape[1:]))), 0.0


def entries(module, options):
    owners, parameters = dict(module.named_modules()), dict(module.named_parameters())
    result = []
    for name, tensor in module.state_dict().items():
        owner = owners[name.rpartition(".")[0]]
        kind, scale, offset = fill_kind(name, tensor, name in parameters, owner, options)
        entry = {"name": name, "shape": list(tensor.shape), "dtype": str(tensor.dtype)[6:], "kind": kind, "param": name in parameters}
        if scale is not None:
            entry.update(scale=float(scale), offset=float(offset))
        if name.endswith("weight_orig"):
            entry["sn_dim"] = 1 if kind == "convtranspose_weight" else 0
        result.append(entry)
    return result


def spectral(layer, known):
    weight = known[layer + "weight_orig"]
    shape, dim = weight["shape"], weight["sn_dim"]
    w = uniform(weight["name"], shape, weight["scale"], weight["offset"]).astype(np.float64)
    w = np.moveaxis(w, dim, 0).reshape(shape[dim], -1)
    u = uniform(layer + "weight_u", [shape[dim]]).astype(np.float64)
    u /= max(np.linalg.norm(u), 1e-12)
    for _ in range(5):
        v = w.T @ u
        v /= max(np.linalg.norm(v), 1e-12)
        u = w @ v
        u /= max(np.linalg.norm(u), 1e-12)
    return u.astype(np.float32), v.astype(np.float32)


def filled(spec, dtype):
    """A module of the manifest with its weights, in a precision."""
    module = BUILDERS[spec["builder"]](spec["args"]).to(dtype)
    known = {entry["name"]: entry for entry in spec["state_dict"]}
    state = module.state_dict()
    assert list(state) == list(known), [name for name in state if name not in known] + [name for name in known if name not in state]
    vectors = {}
    for name, entry in known.items():
        assert list(state[name].shape) == entry["shape"], (name, state[name].shape, entry["shape"])
        if entry["kind"] in ("sn_u", "sn_v"):
            layer = name[:-len("weight_u")]
            if layer not in vectors:
                vectors[layer] = spectral(layer, known)
            values = vectors[layer][entry["kind"] == "sn_v"]
        elif entry["kind"] == "keep_zero":
            continue
        else:
            values = uniform(name, entry["shape"], entry["scale"], entry["offset"])
        state[name].copy_(torch.from_numpy(np.asarray(values)))
    return module


# Cases.

class Run:
    """One case in one precision: its inputs by name, its outputs in order."""

    def __init__(self, folder, case, dtype):
        self.folder, self.case, self.args, self.dtype = folder, case, case["args"], dtype
        self.outputs, self.notes, self.meta = {}, {}, {}

    def module(self, key="module"):
        return filled(self.folder.modules[self.args[key]], self.dtype)

    def has(self, name):
        return name in self.case["inputs"]

    def input(self, name, shape=None, **fill):
        """An input of the case; on writing, one that is not there yet is added."""
        spec = self.case["inputs"].get(name)
        if spec is None:
            assert self.folder.writing, f"{self.case['id']} has no input {name}"
            spec = self.case["inputs"][name] = {"shape": list(shape), "kind": "uniform", "scale": 1.0, "offset": 0.0, **fill}
            if spec["kind"] != "uniform":
                del spec["scale"], spec["offset"]
        if spec["kind"] == "onehot":
            labels = integers(name, [spec["shape"][0]], 0, spec["classes"])
            return torch.from_numpy(np.eye(spec["shape"][1])[labels]).to(self.dtype)
        if spec["kind"] == "randint":
            return torch.from_numpy(integers(name, spec["shape"], spec["low"], spec["high"]))
        return torch.from_numpy(uniform(name, spec["shape"], spec["scale"], spec["offset"])).to(self.dtype)

    def latents(self, name, count, size):
        return self.input(name, [count, size], scale=ROOT3)

    def labels(self, name, count):
        """One-hot labels where the case has them."""
        if not (self.has(name) or self.folder.writing and self.args.get("classes")):
            return None
        return self.input(name, [count, self.args.get("c_width")], kind="onehot", classes=self.args.get("classes"))

    def noise(self, prefix):
        return Noise(lambda j, shape: self.input(f"{prefix}{j}", shape, scale=ROOT3))

    def give(self, name, value, **notes):
        value = torch.as_tensor(value)
        self.outputs[name] = value.detach().clone()
        self.notes[name] = notes

    def give_gradients(self, module, prefix, kinks, excluded=()):
        missing = []
        for name, parameter in module.named_parameters():
            if name in excluded:
                continue
            if parameter.grad is None:
                missing.append(name)
            else:
                self.give(prefix + name, parameter.grad, kinks=kinks, zero=cancelled(module, name), small=True)
        self.meta["params_without_grad"], self.meta["grads_excluded"] = missing, list(excluded)

    def give_state(self, module, prefix):
        for name, buffer in module.named_buffers():
            self.give(prefix + name, buffer, small=True)


def cancelled(module, name):
    """Whether the gradient is zero in exact arithmetic: a convolution's bias in front of a batch normalisation in training."""
    path = name.rpartition(".")[0]
    if not name.endswith(".bias") or not path.endswith(".0"):
        return False
    owners = dict(module.named_modules())
    return isinstance(owners[path], torch.nn.Conv2d) and isinstance(owners.get(path[:-1] + "1"), torch.nn.BatchNorm2d) and owners[path].training


def run_fastgan(run):
    args, g = run.folder.modules[run.args["module"]]["args"], run.module()
    z = run.latents("input:z", run.args["batch"], args["z_dim"]).requires_grad_()
    c = run.labels("input:c", run.args["batch"])
    forward = lambda: g(z, c, run.noise("draw:noise") if run.args.get("noise") else None)
    run.give("eval/image", g.eval() and forward())
    image = g.train() and forward()
    run.give("train/image", image)
    if run.args.get("forward_only"):
        return
    loss = (image * run.input("input:w", image.shape)).sum()
    loss.backward()
    run.give("train/loss", loss)
    run.give("grad/input:z", z.grad)
    silent = [] if run.args.get("noise") else [e["name"] for e in run.folder.modules[run.args["module"]]["state_dict"] if e["kind"] == "noise_weight"]
    run.give_gradients(g, "grad/", None, silent)
    run.give_state(g, "state/")
    run.give("eval_after/image", g.eval() and forward())


def run_features(run):
    f, size = run.module().eval(), run.args["size"]
    f.requires_grad_(bool(run.args.get("param_grads")))
    x = run.input("input:x", [run.args["batch"], 3, size, size]).requires_grad_()
    maps = f(x)
    for i, m in enumerate(maps):
        run.give(f"feat/{i}", m)
    loss = sum((m * run.input(f"input:w{i}", m.shape)).sum() for i, m in enumerate(maps))
    loss.backward()
    run.give("loss", loss)
    run.give("grad/input:x", x.grad, kinks="relu")
    if run.args.get("param_grads"):
        run.give_gradients(f, "grad/", "relu")
    run.meta = {"CHANNELS": f.channels, "RESOLUTIONS": f.resolutions}


def run_multid(run):
    d, args = run.module(), run.folder.modules[run.args["module"]]["args"]
    maps = [run.input(f"input:feat{i}", [run.args["batch"], args["channels"][i], s, s]).requires_grad_()
            for i, s in enumerate(run.args["sizes"][:args["num_discs"]])]
    c = run.labels("input:c", run.args["batch"])
    run.give("eval/logits", d.eval()(maps, c))
    logits = d.train()(maps, c)
    run.give("train/logits", logits)
    loss = (logits * run.input("input:w", logits.shape)).sum()
    loss.backward()
    run.give("train/loss", loss)
    for i, m in enumerate(maps):
        run.give(f"grad/input:feat{i}", m.grad, kinks="relu")
    run.give_gradients(d, "grad/", "relu")
    run.give_state(d, "state/")
    run.give("eval_after/logits", d.eval()(maps, c))
    run.meta = {"logits_shape": list(logits.shape)}


def blur(images, sigma):
    reach = math.floor(3 * sigma)
    if reach == 0:
        return images, None
    x = torch.arange(-reach, reach + 1, dtype=images.dtype)
    taps = torch.exp2(-(x / sigma) ** 2)
    taps = taps / taps.sum()
    n = images.shape[1]
    images = F.conv2d(images, taps.view(1, 1, 1, -1).expand(n, 1, 1, -1), padding=(0, reach), groups=n)
    return F.conv2d(images, taps.view(1, 1, -1, 1).expand(n, 1, -1, 1), padding=(reach, 0), groups=n), taps


def sigma_at(initial, fade_kimg, seen):
    return max(1 - seen / (fade_kimg * 1000), 0) * initial if fade_kimg > 0 else 0


class Iterations:
    """Whole training iterations: a generator phase and a discriminator phase each, then the moving averages."""

    def __init__(self, run):
        self.run, self.args = run, run.args
        self.g, self.d, average = run.module("G").train(), run.module("D").train(), run.module("G").eval()
        self.latent = run.folder.modules[self.args["G"]]["args"]["z_dim"]
        self.size = run.folder.modules[self.args["G"]]["args"]["img_resolution"]
        self.averages = {start: {n: t.detach().clone() for n, t in average.state_dict().items()} for start in self.args["ema_start_nimg"]}
        self.average = average
        self.trained_d = {n: p for n, p in self.d.named_parameters() if not n.startswith("feature_network.")}
        self.adam = [torch.optim.Adam(list(p), lr=lr, betas=(0, 0.99), eps=1e-8)
                     for p, lr in ((self.g.parameters(), self.args["G_lr"]), (self.trained_d.values(), self.args["D_lr"]))]
        # After the first update every figure carries flips of gradients near zero.
        self.flipped = None

    def logits(self, images, c, seen):
        kwargs = self.args.get("loss_kwargs") or {}
        seen = self.args.get("cur_nimg_loss", seen)
        sigma = sigma_at(kwargs.get("blur_init_sigma", 0), kwargs.get("blur_fade_kimg", 0), seen)
        return self.d(blur(images, sigma)[0], c)

    def generate(self, phase, t):
        batch, uses_noise = self.args["batch"], not self.run.folder.modules[self.args["G"]]["args"]["lite"]
        noise = self.run.noise(f"draw:noise_{phase}_{t}_") if uses_noise else None
        c = self.run.labels(f"input:c_{phase}_{t}", batch)
        return self.g(self.run.latents(f"input:z_{phase}_{t}", batch, self.latent), c, noise), c

    def update(self, index, folder, named, module):
        lr = self.args["G_lr" if index == 0 else "D_lr"]
        gradients = {n: p.grad for n, p in named.items() if p.grad is not None}
        kinks = "relu, adam-sign" if self.flipped else "relu"
        self.run.give(
            folder + "grad_all_l2", torch.stack([g.square().sum() for g in gradients.values()]).sum().sqrt(), kinks=kinks, iteration=True)
        before = {n: named[n].detach().clone() for n in gradients}
        for n, gradient in gradients.items():
            self.run.give(f"{folder}grad/{n}", gradient, kinks=kinks, zero=cancelled(module, n), small=True, iteration=True)
        self.adam[index].step()
        for n in gradients:
            self.run.give(f"{folder}param/{n}", named[n], kinks="adam-sign", step=lr, small=True)
            self.run.give(
                f"{folder}delta/{n}", named[n] - before[n], kinks="adam-sign", step=lr, delta=True, zero=cancelled(module, n), flipped=bool(self.flipped),
                small=True)
        self.run.meta.setdefault("params_with_grad_" + "GD"[index], list(gradients))
        self.flipped = "adam-sign"

    def step(self, t):
        run, batch, seen = self.run, self.args["batch"], (t - 1) * self.args["batch"]
        give = lambda name, value: run.give(f"it{t}/{name}", value, kinks=self.flipped)
        self.g.requires_grad_(True)
        self.d.requires_grad_(False)
        self.adam[0].zero_grad(set_to_none=True)
        images, c = self.generate("G", t)
        if t == 1:
            give("G/fake_image", images)
        logits = self.logits(images, c, seen)
        loss = -logits.mean()
        loss.backward()
        give("G/fake_logits", logits)
        give("G/loss", loss)
        self.update(0, f"it{t}/G/", dict(self.g.named_parameters()), self.g)

        for parameter in self.trained_d.values():
            parameter.requires_grad_(True)
        self.adam[1].zero_grad(set_to_none=True)
        with torch.no_grad():
            images, c = self.generate("D", t)
        fake = self.logits(images, c, seen)
        loss_fake = F.relu(1 + fake).mean()
        loss_fake.backward()
        real_c = run.labels(f"input:real_c_{t}", batch)
        real = self.logits(run.input(f"input:real_{t}", [batch, 3, self.size, self.size]), real_c, seen)
        loss_real = F.relu(1 - real).mean()
        loss_real.backward()
        for name, value in (("fake_logits", fake), ("real_logits", real), ("loss_fake", loss_fake), ("loss_real", loss_real), ("loss_sum", loss_fake + loss_real)):
            give("D/" + name, value)
        self.update(1, f"it{t}/D/", self.trained_d, self.d)
        self.follow(t, seen)

    def follow(self, t, seen):
        parameters = dict(self.g.named_parameters())
        for start, average in self.averages.items():
            half_life = self.args["ema_kimg"] * 1000
            if self.args.get("ema_rampup") is not None:
                half_life = min(half_life, (start + seen) * self.args["ema_rampup"])
            beta = 0.5 ** (self.args["batch"] / max(half_life, 1e-8))
            self.run.meta.setdefault(f"it{t}", {})[f"ema_beta_start{start}"] = beta
            for name, tensor in self.g.state_dict().items():
                average[name] = tensor.lerp(average[name], beta) if name in parameters else tensor.clone()

    def finish(self, t):
        run, parameters = self.run, [n for n, _ in self.g.named_parameters()]
        c = run.labels("input:c_ema", 2)
        z = run.latents("input:z_ema", 2, self.latent)
        for start, average in self.averages.items():
            for name in parameters:
                run.give(f"it{t}/ema{start}/param/{name}", average[name], kinks="adam-sign", step=self.args["G_lr"], small=True)
            self.average.load_state_dict(average)
            with torch.no_grad():
                run.give(f"it{t}/ema{start}/image", self.average(z, c), kinks="adam-sign")
        for prefix, module in (("Gstate", self.g), ("Dstate", self.d)):
            for name, buffer in module.named_buffers():
                if not name.startswith("feature_network."):
                    run.give(f"it{t}/{prefix}/{name}", buffer, kinks="adam-sign", small=True)


def run_iteration(run):
    training = Iterations(run)
    for t in range(1, run.args["iterations"] + 1):
        training.step(t)
    training.finish(run.args["iterations"])


def run_diffaug(run):
    x = run.input("input:x", run.args["shape"]).requires_grad_()
    n, _, h, w = x.shape
    counts = {"rand": 0, "randint": 0}

    def draw(stream, shape, **fill):
        name = f"{stream}{counts[stream]}"
        counts[stream] += 1
        value = run.input("draw:" + name, shape, **fill)
        run.give("draw/" + name, value, exact=True)
        return value

    rand = lambda: draw("rand", [n, 1, 1, 1], scale=0.5, offset=0.5)
    randint = lambda low, high: draw("randint", [n, 1, 1], kind="randint", low=low, high=high)
    y = x
    for name in run.args["policy"].split(","):
        if name == "color":
            y = y + (rand() - 0.5)
            grey = y.mean(1, keepdim=True)
            y = (y - grey) * (rand() * 2) + grey
            mean = y.mean((1, 2, 3), keepdim=True)
            y = (y - mean) * (rand() + 0.5) + mean
        elif name == "translation":
            reach = [int(s * 0.125 + 0.5) for s in (h, w)]
            down, right = (randint(-r, r + 1).view(n) for r in reach)
            y = torch.stack([shifted(y[i], int(down[i]), int(right[i])) for i in range(n)])
        else:
            hole = [int(s * 0.2 + 0.5) for s in (h, w)]
            top, left = (randint(0, s + (1 - k % 2)).view(n) for s, k in zip((h, w), hole))
            mask = torch.ones(n, 1, h, w, dtype=x.dtype)
            for i in range(n):
                a, b = int(top[i]) - hole[0] // 2, int(left[i]) - hole[1] // 2
                mask[i, :, max(a, 0):max(a + hole[0], 0), max(b, 0):max(b + hole[1], 0)] = 0
            y = y * mask
    loss = (y * run.input("input:w", x.shape)).sum()
    loss.backward()
    run.give("out", y)
    run.give("loss", loss)
    run.give("grad/input:x", x.grad)


def shifted(image, rows, columns):
    """Row i of the result is row i + rows of the image, zero outside."""
    _, h, w = image.shape
    padded = F.pad(image, (abs(columns),) * 2 + (abs(rows),) * 2)
    return padded[:, abs(rows) + rows:abs(rows) + rows + h, abs(columns) + columns:abs(columns) + columns + w]


def run_blur(run):
    x = run.input("input:x", run.args["shape"]).requires_grad_()
    y, taps = blur(x, run.args["sigma"])
    if taps is not None:
        run.give("filter", taps)
    loss = (y * run.input("input:w", x.shape)).sum()
    loss.backward()
    run.give("out", y)
    run.give("loss", loss)
    run.give("grad/input:x", x.grad)
    run.meta = {"blur_size": float(math.floor(3 * run.args["sigma"])), "schedule_examples": [
        {"blur_init_sigma": 3, "blur_fade_kimg": 120, "cur_nimg": seen, "blur_sigma": sigma_at(3, 120, seen)} for seen in (0, 30_000, 90_000, 120_000, 500_000)]}


def feature_sets(run):
    """Two correlated sets of features, as float32 values."""
    if not run.folder.writing:
        return (torch.tensor(run.folder.stored(run.case)[name]) for name in ("in/real", "in/gen"))
    d = run.args["d"]
    sets = []
    for name, count, mix, offset in (("real", run.args["n"], "mixA", 0), ("gen", run.args.get("n_gen", run.args["n"]), "mixB", 0.05)):
        raw = uniform(f"input:{name}_raw", [count, d], ROOT3).astype(np.float64)
        mixed = raw @ uniform(f"input:{mix}", [d, d], 0.4).astype(np.float64) + offset
        sets.append(torch.from_numpy((mixed * run.args.get("gen_scale", 1.0) if name == "gen" else mixed).astype(np.float32)))
    for name, values in zip(("real", "gen"), sets):
        run.give(f"in/{name}", values, exact=True, whole=True)
    return sets


def run_fid(run):
    centred, means = [], []
    for name, x in zip(("real", "gen"), feature_sets(run)):
        x = x.double()
        mu = x.mean(0)
        run.give(f"mu_{name}", mu)
        run.give(f"sigma_{name}", x.T @ x / len(x) - torch.outer(mu, mu))
        centred.append((x - mu) / math.sqrt(len(x)))
        means.append(mu)
    trace = torch.linalg.svdvals(centred[1] @ centred[0].T).sum()
    run.give("trace_sqrt_accurate", trace)
    run.give("fid_accurate", (means[0] - means[1]).square().sum() + sum(x.square().sum() for x in centred) - 2 * trace)


def run_kid(run):
    real, gen = (x.to(run.dtype) for x in feature_sets(run))
    m, count = run.args["max_subset_size"], run.args["num_subsets"]
    chosen = {name: np.stack([subset(f"draw:kid{2 * j + k}", len(x), m) for j in range(count)]) for k, (name, x) in enumerate((("gen", gen), ("real", real)))}
    kernel = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3
    total = 0
    for x, y in ((gen[i], real[j]) for i, j in zip(chosen["gen"], chosen["real"])):
        within = kernel(x, x) + kernel(y, y)
        total += (within.sum() - within.diagonal().sum()) / (m * (m - 1)) - 2 * kernel(x, y).sum() / (m * m)
    if run.folder.writing:
        for name, index in chosen.items():
            run.give(f"in/idx_{name}", torch.from_numpy(index), exact=True, whole=True)
    run.give("kid", (total / count).double(), small=True)


def run_pr(run):
    real, gen = (x.to(run.dtype) for x in feature_sets(run))

    def covered(manifold, points):
        radius = torch.cdist(manifold, manifold, compute_mode="donot_use_mm_for_euclid_dist").kthvalue(run.args["k"] + 1, dim=1).values
        return (torch.cdist(points, manifold, compute_mode="donot_use_mm_for_euclid_dist") <= radius).any(1).to(run.dtype).mean().double()

    run.give("precision", covered(real, gen))
    run.give("recall", covered(gen, real))


def run_is(run):
    if run.folder.writing:
        logits = torch.from_numpy(uniform("input:logits", [run.args["n"], run.args["classes"]], 4.0))
        run.give("in/logits", logits, exact=True, whole=True)
    else:
        logits = torch.tensor(run.folder.stored(run.case)["in/logits"])
    p = logits.to(run.dtype).softmax(1)
    scores = torch.stack([(part * (part.log() - part.mean(0).log())).sum(1).mean().exp() for part in p.chunk(run.args["splits"])])
    run.give("is_mean", scores.mean().double())
    run.give("is_std", scores.std(unbiased=False).double())


RUNNERS = {name[4:]: function for name, function in list(globals().items()) if name.startswith("run_")}


# The folder.

def fastgan(lite, width, z, size, classes=None, **options):
    args = {"z_dim": z, "img_resolution": size, "ngf": width, "cond": int(classes is not None), "lite": lite}
    if classes:
        args["num_classes"] = classes
    return "fastgan", args, options


def multid(channels, resolutions, separable=False, cond=0, patch=False):
    options = {"bn_var": [0.003, 0.0015], "bn_mean": 0.02} if separable else {}
    return "multiscaled", {"channels": channels, "resolutions": resolutions, "num_discs": len(channels), "proj_type": 2, "cond": cond,
                           "separable": separable, "patch": patch}, options


def projd(interp, cout, expand, count, separable, cond):
    options = {"bn_var": [0.003, 0.0015], "bn_mean": 0.02} if separable else {}
    return "projd", {"diffaug": False, "interp224": interp, "backbone_kwargs": {
        "cout": cout, "expand": expand, "proj_type": 2, "num_discs": count, "separable": separable, "cond": cond}}, options


MODULES = {
    "g_lite": fastgan(True, 10, 40, 128),
    "g_full_noise": fastgan(False, 6, 33, 256, noise_weight=0.5),
    "g_cond_lite": fastgan(True, 5, 24, 128, classes=0),
    "g_cond_full_noise": fastgan(False, 4, 20, 128, classes=5, bn_var=[0.2, 0.1], noise_weight=0.5),
    "lite0": ("effnet", {"variant": "tf_efficientnet_lite0"}, {}),
    "lite1": ("effnet", {"variant": "tf_efficientnet_lite1"}, {}),
    "mixed_scales": ("f_randomproj", {"cout": 20, "expand": False, "proj_type": 2}, {}),
    "mixed_channels": ("f_randomproj", {"cout": 6, "expand": True, "proj_type": 1}, {}),
    "d_plain": multid([20, 36, 52], [100, 40, 9]),
    "d_separable_cond": multid([28, 17], [60, 21], separable=True, cond=1),
    "d_patch": multid([12, 33], [64, 16], patch=True),
    "it_g_cond": fastgan(True, 6, 24, 128, classes=5),
    "it_d_separable_cond": projd(True, 12, True, 3, True, 1),
    "it_g_full": fastgan(False, 4, 18, 128),
    "it_d_plain": projd(False, 9, False, 2, False, 0),
}
TRAINING = {"G_lr": 0.0001, "D_lr": 0.0003, "ema_kimg": 0.9}
CASES = [
    ("o01_generator_lite", "fastgan", {"module": "g_lite", "batch": 3}),
    ("o01_generator_full_noise", "fastgan", {"module": "g_full_noise", "batch": 2, "noise": True}),
    ("o01_generator_cond_lite", "fastgan", {"module": "g_cond_lite", "batch": 4, "classes": 11, "c_width": 11}),
    ("o01_generator_cond_full_noise", "fastgan", {"module": "g_cond_full_noise", "batch": 3, "noise": True, "classes": 5, "c_width": 5}),
    ("o02_features_lite0_90", "features", {"module": "lite0", "batch": 3, "size": 90}),
    ("o02_features_lite1_64", "features", {"module": "lite1", "batch": 1, "size": 64}),
    ("o03_projection_scales_96", "features", {"module": "mixed_scales", "batch": 1, "size": 96, "param_grads": True}),
    ("o03_projection_channels_75", "features", {"module": "mixed_channels", "batch": 2, "size": 75}),
    ("o04_discriminators", "multid", {"module": "d_plain", "batch": 2, "sizes": [70, 45, 9]}),
    ("o04_discriminators_separable_cond", "multid", {"module": "d_separable_cond", "batch": 4, "sizes": [50, 21], "classes": 9, "c_width": 9}),
    ("o04_discriminators_patch", "multid", {"module": "d_patch", "batch": 3, "sizes": [18, 27]}),
    ("o05_iteration_cond_separable", "iteration", {
        "G": "it_g_cond", "D": "it_d_separable_cond", "batch": 3, "iterations": 2, **TRAINING, "ema_rampup": None, "ema_start_nimg": [0, 5000],
        "classes": 5, "c_width": 5}),
    ("o05_iteration_full_blur", "iteration", {
        "G": "it_g_full", "D": "it_d_plain", "batch": 2, "iterations": 3, **TRAINING, "ema_rampup": 0.2, "ema_start_nimg": [0, 777],
        "cur_nimg_loss": 30_000, "loss_kwargs": {"blur_init_sigma": 3, "blur_fade_kimg": 120}}),
    ("o06_augmentation_all", "diffaug", {"shape": [2, 3, 17, 40], "policy": "color,translation,cutout"}),
    ("o06_augmentation_reversed", "diffaug", {"shape": [4, 3, 33, 21], "policy": "cutout,translation,color"}),
    ("o07_blur_none", "blur", {"shape": [2, 3, 20, 24], "sigma": 0.3}),
    ("o07_blur_1.3", "blur", {"shape": [2, 3, 20, 24], "sigma": 1.3}),
    ("o07_blur_3.7", "blur", {"shape": [1, 5, 31, 40], "sigma": 3.7}),
    ("o08_fid", "fid", {"n": 150, "n_gen": 110, "d": 80}),
    ("o08_fid_rank_deficient", "fid", {"n": 30, "d": 80}),
    ("o08_kid", "kid", {"n": 120, "d": 48, "num_subsets": 7, "max_subset_size": 40}),
    ("o08_precision_recall", "pr", {"n": 90, "n_gen": 70, "d": 16, "k": 4, "gen_scale": 1.1}),
    ("o08_inception_score", "is", {"n": 130, "classes": 17, "splits": 5}),
]


class Folder:
    def __init__(self, path, manifest=None):
        self.path, self.writing = path, manifest is None
        self.modules = manifest["modules"] if manifest else {}

    def stored(self, case):
        return {name: tensor.numpy() for name, tensor in safetensors_file.read(os.path.join(self.path, case["file"]))[0].items()}

    def write_tensors(self, name, tensors):
        safetensors_file.write(os.path.join(self.path, name), {key: torch.from_numpy(np.ascontiguousarray(values)) for key, values in tensors.items()})


def tolerance(notes, scale, error):
    """Of a float32 run: a multiple of what float32 does to this peer, and wide where a rounding moves a value over a kink."""
    kinks, (biggest, rms), (largest, relative) = notes.get("kinks") or "", scale, error
    if notes.get("delta"):
        return {"rel_l2": None if notes.get("zero") or notes.get("flipped") else 0.9, "max_abs": (20 if notes.get("zero") else 4) * notes["step"]}
    if notes.get("step"):
        return {"rel_l2": 8 * notes["step"] / max(rms, 1e-12), "max_abs": 8 * notes["step"]}
    floor = {"": 1e-5, "relu": 0.03, "adam-sign": 0.05}.get(kinks, 0.6)
    if kinks and notes.get("iteration"):
        floor = max(floor, 0.25)
    # Terms that cancel to less than their roundings: only their size can be compared.
    if notes.get("zero") or relative > 0.5:
        return {"rel_l2": None, "max_abs": 100 * largest}
    return {"rel_l2": max(16 * relative, floor), "max_abs": max(16 * largest, 4 * floor * biggest)}


def describe(name, value32, value64, notes, tensors):
    """An output's entry of the manifest, and its tensors."""
    full32, full64 = value32.double().reshape(-1), value64.double().reshape(-1)
    limit = len(full32) if notes.get("whole") else SAMPLES_OF_PARAMETERS if notes.get("small") else SAMPLES
    stride = -(-max(len(full32), 1) // limit)
    entry = {"name": name, "key": name, "shape": list(value32.shape), "dtype": str(value32.dtype)[6:], "stored": "full" if stride == 1 else "sample"}
    if stride > 1:
        entry.update(stride=stride, count=-(-len(full32) // stride))
    tensors[name] = value32.numpy() if stride == 1 else value32.reshape(-1)[::stride].numpy()
    entry.update(mean=full32.mean().item(), std=full32.std(unbiased=False).item(), l2=full32.norm().item())
    if value32.dim() == 0:
        entry["value"] = full32.item()
    if value32.dtype == torch.int64 or notes.get("exact"):
        return entry
    difference = full32 - full64
    error = difference.abs().max().item(), (difference.norm() / max(full64.norm().item(), 1e-300)).item()
    entry["f64"] = {"l2": full64.norm().item(), "mean": full64.mean().item(), "max_abs": full64.abs().max().item()}
    if value32.dim() == 0:
        entry["f64"]["value"] = full64.item()
    if value32.dtype != torch.float64:
        entry["f64"].update(key=name + ".f64", stride=stride, count=-(-len(full32) // stride))
        tensors[name + ".f64"] = full64[::stride].numpy()
    entry["f32_vs_f64"] = {"max_abs": error[0], "rel_l2": error[1]}
    scale = full64.abs().max().item(), (full64.norm() / math.sqrt(len(full64))).item()
    entry["tol"] = {"rel_l2": 1e-9, "max_abs": 1e-9 * scale[0]} if error[0] == 0 and value32.dtype == torch.float64 else tolerance(notes, scale, error)
    if notes.get("zero"):
        entry["zero_in_exact_arithmetic"] = True
    if notes.get("kinks"):
        entry["kinks"] = notes["kinks"]
    return entry


def write(path):
    os.makedirs(path, exist_ok=True)
    folder = Folder(path)
    for key, (builder, args, options) in MODULES.items():
        module = BUILDERS[builder](args)
        folder.modules[key] = {
            "builder": builder, "args": args, "fill_options": options, "num_parameters": sum(p.numel() for p in module.parameters()),
            "state_dict": entries(module, options)}
    cases = []
    for identifier, runner, args in CASES:
        case = {"id": identifier, "file": identifier + ".safetensors", "title": identifier[4:].replace("_", " "), "runner": runner, "args": args,
                "modules": [args[key] for key in ("module", "G", "D") if key in args], "inputs": {}}
        runs = [execute(folder, case, dtype) for dtype in (torch.float32, torch.float64)]
        tensors = {}
        case["meta"] = runs[1].meta
        case["outputs"] = [describe(name, value, runs[1].outputs[name], runs[1].notes[name], tensors) for name, value in runs[0].outputs.items()]
        folder.write_tensors(case["file"], tensors)
        cases.append(case)
        print(identifier, len(case["outputs"]), flush=True)
    with open(os.path.join(path, "manifest.json"), "w") as file:
        reference = {"code": "tests/peers/golden_folder.py", "torch": torch.__version__, "numpy": np.__version__}
        json.dump({"format": "projected-gan-golden/1", "set": "other", "suffix": SUFFIX, "reference": reference, "modules": folder.modules, "cases": cases},
                  file, separators=(",", ":"))


def execute(folder, case, dtype):
    torch.set_default_dtype(dtype)
    run = Run(folder, case, dtype)
    RUNNERS[case["runner"]](run)
    return run


def check(path):
    global SUFFIX
    with open(os.path.join(path, "manifest.json")) as file:
        manifest = json.load(file)
    SUFFIX = manifest["suffix"]
    folder, worst = Folder(path, manifest), 0
    for key, spec in manifest["modules"].items():
        if spec["builder"] in BUILDERS:
            own = {e["name"]: e for e in entries(BUILDERS[spec["builder"]](spec["args"]), spec.get("fill_options", {}))}
            for entry in spec["state_dict"]:
                differing = [field for field in own[entry["name"]] if own[entry["name"]][field] != entry.get(field)]
                assert not differing, (key, entry, own[entry["name"]])
    for case in manifest["cases"]:
        if case["runner"] not in RUNNERS or any(manifest["modules"][key]["builder"] not in BUILDERS for key in case["modules"]):
            print(f"{case['id']}: not known here")
            continue
        run, stored, errors = execute(folder, case, torch.float64), folder.stored(case), {}
        for output in case["outputs"]:
            reference, value = output.get("f64"), run.outputs.get(output["name"])
            if value is None or reference is None or output.get("zero_in_exact_arithmetic"):
                continue
            own = value.double().reshape(-1)[::reference.get("stride", output.get("stride", 1))].numpy()
            expected = stored[reference["key"]].reshape(-1) if "key" in reference else np.array([reference["value"]]) if "value" in reference else stored[output["key"]].reshape(-1)
            own = own[:len(expected)]
            errors[output["name"]] = np.linalg.norm(own - expected) / max(np.linalg.norm(expected), 1e-300)
        without = [o["name"] for o in case["outputs"] if o["name"] not in run.outputs and not o["name"].startswith("in/")]
        name = max(errors, key=errors.get, default=None)
        worst = max(worst, errors.get(name, 0))
        print(f"{case['id']}: {len(errors)} outputs, largest relative error {errors.get(name, 0):.1e} ({name}); not computed: {without}", flush=True)
    print(f"largest relative error of all: {worst:.1e}")
    return worst < 1e-8


if __name__ == "__main__":
    torch.set_num_threads(1)
    if len(sys.argv) != 3 or sys.argv[1] not in ("write", "check"):
        sys.exit(__doc__)
    if sys.argv[1] == "write":
        write(sys.argv[2])
    else:
        sys.exit(0 if check(sys.argv[2]) else 1)
