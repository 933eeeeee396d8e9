"""Saves PyTorch files of every kind that ProjectedGan.Weights must read or refuse.

usage: save_checkpoints.py FOLDER

Writes checkpoint_zip.pth and checkpoint_legacy.pth (the same nested checkpoint in both formats), expected.json (the values of its
'state_dict' entry as row-major doubles), and files that must be refused: a pickled module, a call of os.system, TorchScript.
"""
import collections
import json
import os
import sys

import torch

FLOATS = [torch.float32, torch.float64, torch.float16, torch.bfloat16]
INTEGERS = [torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8]


class RunsCode:
    def __reduce__(self):
        return os.system, ("touch code-was-run",)


def tensors():
    generator = torch.Generator().manual_seed(1)
    base = torch.arange(60.0).reshape(5, 12)
    named = collections.OrderedDict()
    for dtype in FLOATS:
        named["float." + str(dtype)[6:]] = (torch.randn(3, 4, generator=generator) * 50).to(dtype)
    for dtype in INTEGERS:
        named["integer." + str(dtype)[6:]] = torch.arange(12).reshape(3, 4).mul(7).sub(0 if dtype == torch.uint8 else 30).to(dtype)
    named["bool"] = torch.tensor([True, False, True])
    named["number"] = torch.tensor(3.5)
    named["empty"] = torch.zeros(0, 3)
    named["transposed"] = base.t()
    named["slice"] = base[1:4, 2:11:3]
    named["shared"] = base
    named["expanded"] = torch.tensor([7.0]).expand(4, 5)
    named["channels_last"] = torch.randn(2, 3, 4, 5, generator=generator).to(memory_format=torch.channels_last)
    named["parameter"] = torch.nn.Parameter(torch.randn(3, generator=generator))
    return named


def main(folder):
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    named = tensors()
    checkpoint = {
        "epoch": 3,
        "rate": 1e-4,
        "note": "text",
        "nothing": None,
        "flags": [True, False, -1, 1 << 40],
        "G_ema": network.state_dict(),
        "state_dict": named,
        "optimizer": torch.optim.Adam(network.parameters()).state_dict(),
    }
    for kind, zipped in (("zip", True), ("legacy", False)):
        torch.save(checkpoint, f"{folder}/checkpoint_{kind}.pth", _use_new_zipfile_serialization=zipped)
        torch.save(network, f"{folder}/module_{kind}.pth", _use_new_zipfile_serialization=zipped)
        torch.save({"first": named["shared"], "second": RunsCode()}, f"{folder}/code_{kind}.pth", _use_new_zipfile_serialization=zipped)
    torch.save(named["transposed"], f"{folder}/single.pt")
    torch.jit.script(network).save(f"{folder}/script.pt")
    expected = {name: {"shape": list(value.shape), "values": value.detach().double().flatten().tolist()} for name, value in named.items()}
    with open(f"{folder}/expected.json", "w", encoding="utf-8") as file:
        json.dump(expected, file)


if __name__ == "__main__":
    main(sys.argv[1])
