"""Writes a generator's state dict as a network pickle of whole modules, the way StyleGAN2-ADA and Projected GAN publish theirs.

usage: network_pickle.py STATE.safetensors NETWORK.pkl SYNTHESIS_CLASS MARK ATTRIBUTE=VALUE...

With the class SynthesisNetwork each module is a call of torch_utils.persistence's function with its class's source code and its attributes, as
StyleGAN2's are; with another one, modules are objects of classes that pickle names, as Projected GAN's FastGAN's are. ATTRIBUTE=VALUE are the
generator's, or those of every layer where they begin with a dot. If anything in the file is executed, it makes the file MARK.
"""
import os
import pickle
import sys
import types

import numpy
import torch

import safetensors_file

BUFFERS = ("noise_const", "resample_filter", "w_avg", "running_mean", "running_var", "num_batches_tracked", "stored_mean", "stored_var", "weight_u", "weight_v")


def fake_module(name):
    module = sys.modules.setdefault(name, types.ModuleType(name))
    if "." in name:
        fake_module(name.rpartition(".")[0])
    return module


def place(thing, module, name):
    """Makes pickle name a class or a function as if it came from a module that is not installed here."""
    thing.__module__, thing.__qualname__, thing.__name__ = module, name, name
    setattr(fake_module(module), name, thing)
    return thing


place_holder = place(lambda meta: None, "torch_utils.persistence", "_reconstruct_persistent_obj")
EasyDict = place(type("EasyDict", (dict,), {}), "dnnlib.util", "EasyDict")


class Hostile:
    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.system, (f"touch '{self.mark}'",)


class Persistent(torch.nn.Module):
    """A module of any class; the name travels beside its attributes."""

    def __reduce__(self):
        source = f"import os\nos.system('touch {self.__dict__['_mark']}')\n"
        meta = {"type": "class", "version": 6, "module_src": source, "class_name": self.__dict__["_class"], "state": self.__dict__}
        return place_holder, (meta,)


def create(kind, mark):
    if kind in ("Generator", "SynthesisNetwork", "MappingNetwork", "SynthesisBlock", "SynthesisLayer", "Discriminator"):
        module = Persistent()
        module._class, module._mark = kind, mark
        module._init_args, module._init_kwargs = (), EasyDict(z_dim=1, synthesis_kwargs=EasyDict(num_fp16_res=4, channel_base=32768))
    else:
        package, name = "pg_modules.networks_fastgan", kind.removeprefix("Plain")
        known = getattr(fake_module(package), name, None)
        module = (known or place(type(name, (torch.nn.Module,), {}), package, name))()
    return module


def child_of(parent, name, kind, mark):
    if name not in parent._modules:
        parent.add_module(name, create(kind, mark))
    return parent._modules[name]


def build(tensors, synthesis, mark, attributes):
    is_persistent = synthesis == "SynthesisNetwork"
    root = create("Generator" if is_persistent else "PlainGenerator", mark)
    # Of the kinds of values that published files hold besides, and that mean nothing here.
    root.scale, root.hostile, root.levels, root.device = numpy.float32(2), Hostile(mark), {1, 2}, torch.device("cpu")
    for name, tensor in tensors.items():
        *path, last = name.split(".")
        module = root
        for depth, part in enumerate(path):
            top = {"synthesis": synthesis, "mapping": "MappingNetwork" if is_persistent else "DummyMapping"}
            kind = top[part] if depth == 0 else "SynthesisLayer" if is_persistent else f"Layer{depth}"
            module = child_of(module, part, kind, mark)
        if last in BUFFERS:
            module.register_buffer(last, tensor)
        else:
            module.register_parameter(last, torch.nn.Parameter(tensor, requires_grad=tensor.is_floating_point()))
    for module in root.modules():
        module.register_buffer("scratch", torch.ones(3), persistent=False)
        layer = module is not root
        for attribute, value in attributes.items():
            if attribute.startswith(".") == layer:
                setattr(module, attribute.removeprefix("."), value)
    return root.eval()


def value_of(text):
    return None if text == "None" else int(text) if text.lstrip("-").isdigit() else float(text) if text.replace(".", "", 1).isdigit() else text


def main(state_path, pickle_path, synthesis, mark, *settings):
    tensors, _ = safetensors_file.read(state_path)
    if synthesis == "FastganSynthesisCond":
        # The reference's embedding has 1000 rows whatever the data.
        rows = tensors["synthesis.embed.weight"]
        tensors["synthesis.embed.weight"] = torch.cat([rows, torch.randn(1000 - len(rows), rows.shape[1])])
    attributes = {name: value_of(text) for name, text in (setting.split("=", 1) for setting in settings)}
    network = {
        "training_set_kwargs": EasyDict(class_name="training.dataset.ImageFolderDataset", path="/data.zip", use_labels=False),
        "hostile": Hostile(mark),
        "G": build({name: torch.zeros_like(tensor) for name, tensor in tensors.items()}, synthesis, mark, attributes),
        "D": torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4)),
        "G_ema": build(tensors, synthesis, mark, attributes),
        "augment_pipe": None,
    }
    with open(pickle_path, "wb") as file:
        pickle.dump(network, file, protocol=3 if synthesis == "SynthesisNetwork" else 4)


if __name__ == "__main__":
    main(*sys.argv[1:])
