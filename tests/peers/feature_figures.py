"""Figures of two sets of features by their definitions, in float64 and with whole distance matrices. Prints JSON.

usage: feature_figures.py FILE K...

FILE is safetensors: generated [N, D], real [M, D], draws [resamples, N] (how often each generated sample is in each resample).
"""
import json
import sys

import numpy

import safetensors_file

tensors, _ = safetensors_file.read(sys.argv[1])
generated, real, draws = (tensors[name].double().numpy() for name in ("generated", "real", "draws"))


def distances(first, second):
    return numpy.stack([numpy.sqrt(((row - second) ** 2).sum(1)) for row in first])


def deviation(values):
    return float(numpy.std(values, ddof=1))


def frechet(first, second):
    """The reference's formula, by eigenvalues: tr sqrt(A B) is the sum of the roots of those of A^1/2 B A^1/2."""
    a, b = numpy.cov(first, rowvar=False, bias=True), numpy.cov(second, rowvar=False, bias=True)
    values, vectors = numpy.linalg.eigh(a)
    root = vectors * numpy.sqrt(numpy.clip(values, 0, None)) @ vectors.T
    trace = numpy.sqrt(numpy.clip(numpy.linalg.eigvalsh(root @ b @ root), 0, None)).sum()
    return ((first.mean(0) - second.mean(0)) ** 2).sum() + numpy.trace(a) + numpy.trace(b) - 2 * trace


def rows(draw):
    return numpy.repeat(numpy.arange(len(draw)), draw.astype(int))


across, among_real, among_generated = distances(generated, real), distances(real, real), distances(generated, generated)
figures = {}
for k in map(int, sys.argv[2:]):
    # Column 0 is the sample itself.
    real_radii, generated_radii = numpy.sort(among_real, 1)[:, k], numpy.sort(among_generated, 1)[:, k]
    inside = (across <= real_radii).any(1)
    holders = (across < real_radii).sum(1) / k
    reached, covered = across <= generated_radii[:, None], across < real_radii

    def of(name, value, resampled):
        figures[f"{name}{k}"] = [float(value), deviation([resampled(rows(draw)) for draw in draws])]

    of("precision", inside.mean(), lambda drawn: inside[drawn].mean())
    of("recall", reached.any(0).mean(), lambda drawn: reached[drawn].any(0).mean())
    of("density", holders.mean(), lambda drawn: holders[drawn].mean())
    of("coverage", (across.min(0) < real_radii).mean(), lambda drawn: covered[drawn].any(0).mean())

pairs = len(generated) * (len(generated) - 1)
figures["diversity"] = [
    among_generated.sum() / pairs, deviation([among_generated[numpy.ix_(rows(draw), rows(draw))].sum() / pairs for draw in draws])]
figures["frechet"] = [frechet(generated, real), deviation([frechet(generated[rows(draw)], real) for draw in draws])]
print(json.dumps(figures))
