"""Trains a Projected GAN in plain PyTorch (eager), as a peer for `pgan bench learning --peer`.

It reads one JSON object from standard input: the fields of projected_gan_step.py, and seed, data (a data set's zip), mirror, weights (the
feature network's safetensors), snapshots (image counts, the last of which ends the run), report (images between two lines of figures), output
(a folder). It writes `<images, nine digits>.safetensors` there, the averaged generator under the reference's names, and prints one JSON object
a line of figures, with the names of `pgan train`'s. `initial`, a checkpoint's folder, replaces the fresh weights of all networks by its own.
"""
import io
import json
import os
import sys
import zipfile

import numpy as np
import torch
from PIL import Image

import safetensors_file
from projected_gan_step import Step


def load_images(path, mirror):
    """All images of a zip, [N, 3, R, R] in [-1, 1]; with their mirror images behind them."""
    with zipfile.ZipFile(path) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".png"))
        pixels = [np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("RGB")) for name in names]
    images = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() / 127.5 - 1
    return torch.cat([images, images.flip(3)]) if mirror else images


def batches(images, size):
    """Each image once an epoch, in an order drawn anew; batches cross epochs."""
    waiting = torch.empty(0, dtype=torch.int64)
    while True:
        while len(waiting) < size:
            waiting = torch.cat([waiting, torch.randperm(len(images))])
        yield images[waiting[:size]]
        waiting = waiting[size:]


def load_initial(step, folder):
    named = {"generator": (step.generator, ""), "discriminator": (step.discriminator, "discriminator."), "projection": (step.projector, "feature_network.")}
    for file, (network, prefix) in named.items():
        tensors = safetensors_file.read(os.path.join(folder, file + ".safetensors"))[0]
        assert all(name.startswith(prefix) for name in tensors), list(tensors)
        missing, unexpected = network.load_state_dict({name[len(prefix):]: tensor for name, tensor in tensors.items()}, strict=False)
        unknown = [name for name in missing if not name.endswith("num_batches_tracked") and not name.startswith("pretrained.")]
        assert not unknown and not unexpected, (file, unknown, unexpected)
    step.average.load_state_dict(step.generator.state_dict())


def figures(results, seen):
    generated, real = (torch.stack([r[kind] for r in results]) for kind in ("generated", "real"))
    norms = [torch.stack([g.norm() for g in gradients]).norm().item() for gradients in results[-1]["gradients"]]
    return {
        "imagesSeen": seen, "generatorLoss": torch.stack([r["loss"] for r in results]).mean().item(),
        "discriminatorLoss": (torch.relu(1 + generated).mean() + torch.relu(1 - real).mean()).item(),
        "generatedAccuracy": (generated < 0).float().mean().item(), "realAccuracy": (real > 0).float().mean().item(),
        "generatorGradientNorm": norms[0], "discriminatorGradientNorm": norms[1]}


def main():
    c = json.load(sys.stdin)
    torch.manual_seed(c["seed"])
    torch.set_num_threads(c["threads"])
    step = Step(c)
    missing, _ = step.projector.pretrained.load_state_dict(safetensors_file.read(c["weights"])[0], strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    assert not missing, f"{c['weights']} lacks {missing}"
    if c.get("initial"):
        load_initial(step, c["initial"])
    reals, results = batches(load_images(c["data"], c["mirror"]), c["batch"]), []
    os.makedirs(c["output"], exist_ok=True)
    due = sorted(c["snapshots"])
    while due:
        if step.seen >= due[0]:
            safetensors_file.write(os.path.join(c["output"], f"{step.seen:09}.safetensors"), step.average.state_dict())
            due.pop(0)
            continue
        results.append(step(next(reals)))
        if len(results) * c["batch"] >= c["report"] or step.seen >= due[-1]:
            print(json.dumps(figures(results, step.seen)), flush=True)
            results.clear()


if __name__ == "__main__":
    main()
