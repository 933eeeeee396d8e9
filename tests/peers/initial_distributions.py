"""How PyTorch draws the fresh weights of the networks: statistics of each parameter over several seeds.

usage: initial_distributions.py SEEDS BUILDER ARGS

BUILDER is a name of networks.BUILDERS, ARGS its arguments as JSON. Prints a JSON object: by name of parameter its count of values over all
seeds, mean, standard deviation, least and most. Vectors of spectral norms are left out.
"""
import json
import sys

import torch

from networks import BUILDERS


def main(seeds, builder, args):
    values = {}
    for seed in range(int(seeds)):
        torch.manual_seed(seed)
        for name, parameter in BUILDERS[builder](json.loads(args)).named_parameters():
            values.setdefault(name, []).append(parameter.detach().flatten().double())
    pooled = {name: torch.cat(drawn) for name, drawn in values.items()}
    print(json.dumps({
        name: {"count": len(v), "mean": v.mean().item(), "deviation": v.std(unbiased=False).item(), "least": v.min().item(), "most": v.max().item()}
        for name, v in pooled.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
