"""Saves the tensors of a safetensors file the way published checkpoints are.

usage: save_state_dict.py WEIGHTS.safetensors CHECKPOINT.pth zip|legacy [KEY]

With KEY the state dict lies under that key beside an epoch, as training scripts save it; without, it is the whole file.
"""
import collections
import sys

import torch

import safetensors_file


def main(weights_path, checkpoint_path, kind, key=None):
    tensors, _ = safetensors_file.read(weights_path)
    state = collections.OrderedDict(tensors)
    torch.save({"epoch": 3, key: state} if key else state, checkpoint_path, _use_new_zipfile_serialization=kind == "zip")


if __name__ == "__main__":
    main(*sys.argv[1:])
