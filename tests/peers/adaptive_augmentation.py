"""The augmentation of Karras et al. 2020 (appendix B) on given random numbers, one image and one transform after the other, in float64.

usage: adaptive_augmentation.py IN OUT

IN is safetensors with cases: CASE/images [N, 3, H, W], CASE/weights of the same shape and CASE/draw0, draw1, ... in the order of the
draws. A case's name is its groups, its probability and what else tells it from others, with @ between them. OUT gets CASE/result, and
CASE/gradient, that of sum(result * weights). Filters are made here from the definitions of their wavelets; an image is doubled by whole
two-dimensional filters with margins of any size, and the places to take from come out of the inverse of the product of the transforms as
the paper has them.
"""
import itertools
import sys

import numpy
import torch
import torch.nn.functional as F

import safetensors_file

CENTRE = 5


def least_asymmetric(moments):
    """Taps of Daubechies' orthogonal filter of so many vanishing moments with the straightest phase; the largest in the first half."""
    binomials = [1.0]
    for k in range(1, moments):
        binomials.append(binomials[-1] * (moments - 1 + k) / k)
    choices = []
    for y in numpy.roots(binomials[::-1]):
        if y.imag >= 0:
            # y = (2 - z - 1/z) / 4; one of z and 1/z is a zero of the filter, with its conjugate.
            choices.append([[z, z.conj()] if y.imag > 1e-9 else [z.real] for z in numpy.roots([1, 4 * y - 2, 1])])
    frequencies = numpy.linspace(0.05, numpy.pi / 2, 64)
    candidates = []
    for zeros in itertools.product(*choices):
        taps = numpy.real(numpy.poly([-1.0] * moments + [z for pair in zeros for z in pair]))
        taps *= numpy.sqrt(2) / taps.sum()
        phase = numpy.unwrap(numpy.angle(numpy.exp(-1j * numpy.outer(frequencies, numpy.arange(len(taps)))) @ taps))
        slope = (phase @ frequencies) / (frequencies @ frequencies)
        if abs(taps).argmax() < moments:
            candidates.append((abs(phase - slope * frequencies).max(), taps))
    return min(candidates, key=lambda candidate: candidate[0])[1]


SYM6 = least_asymmetric(6)
SYM2 = least_asymmetric(2)


def octave_filters():
    """Four filters of 43 taps by the products of H(z) H(1/z) / 2 at z, z^2, z^4, each positive or negative."""
    def factor(sign, step):
        taps = SYM2 * sign ** numpy.arange(4)
        spread = numpy.zeros(3 * step + 1)
        spread[::step] = taps
        return numpy.convolve(spread, spread[::-1]) / 2

    products = [[(1, 1), (1, 2), (1, 4)], [(1, 1), (1, 2), (-1, 4)], [(1, 1), (-1, 2)], [(-1, 1)]]
    bands = numpy.zeros((4, 43))
    for band, factors in zip(bands, products):
        taps = numpy.ones(1)
        for sign, step in factors:
            taps = numpy.convolve(taps, factor(sign, step))
        start = 21 - len(taps) // 2
        band[start:start + len(taps)] = taps
    return bands


class Numbers:
    """One row of uniform numbers, taken one after the other."""

    def __init__(self, row):
        self.row = [float(number) for number in row]

    def uniform(self):
        return self.row.pop(0)

    def normals(self):
        a, b = self.uniform(), self.uniform()
        number = numpy.sqrt(-2 * numpy.log(1 - a)) * numpy.exp(2j * numpy.pi * b)
        return number.real, number.imag

    def normal(self):
        return self.normals()[0]


def mirrored(image, margin):
    """Extends [3, H, W] on all sides by reflection without repeating the border, as often as needed."""
    for axis in (1, 2):
        size = image.shape[axis]
        places = numpy.abs((numpy.arange(-margin, size + margin) + size - 1) % (2 * size - 2) - size + 1)
        image = image.index_select(axis, torch.from_numpy(places))
    return image


def scale(x, y):
    return numpy.diag([x, y, 1.0])


def rotate(angle):
    return numpy.array([[numpy.cos(angle), -numpy.sin(angle), 0], [numpy.sin(angle), numpy.cos(angle), 0], [0, 0, 1]])


def translate(x, y):
    return numpy.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]])


def blit(numbers, p, width, height):
    steps = []
    happens, side = numbers.uniform() < p, int(2 * numbers.uniform())
    steps.append(scale(1 - 2 * side, 1) if happens else numpy.eye(3))
    happens, turns = numbers.uniform() < p, int(4 * numbers.uniform())
    steps.append(rotate(numpy.pi / 2 * turns) if happens else numpy.eye(3))
    happens, x, y = numbers.uniform() < p, numbers.uniform(), numbers.uniform()
    steps.append(translate(round((x / 4 - 0.125) * width), round((y / 4 - 0.125) * height)) if happens else numpy.eye(3))
    return steps


def geometry(numbers, p, width, height):
    rotation = 1 - (1 - p) ** 0.5
    steps = []
    for stretches in (False, True):
        happens, factor = numbers.uniform() < p, numpy.exp(0.2 * numpy.log(2) * numbers.normal())
        steps.append(scale(factor, 1 / factor if stretches else factor) if happens else numpy.eye(3))
        happens, angle = numbers.uniform() < rotation, numpy.pi * (2 * numbers.uniform() - 1)
        steps.append(rotate(angle) if happens else numpy.eye(3))
    happens, (x, y) = numbers.uniform() < p, numbers.normals()
    steps.append(translate(0.125 * x * width, 0.125 * y * height) if happens else numpy.eye(3))
    return steps


def moved(image, steps, doubles):
    """Carries out transforms, the first first."""
    matrix = numpy.eye(3)
    for step in steps:
        matrix = step @ matrix
    inverse = numpy.linalg.inv(matrix)
    height, width = image.shape[1:]
    margin = 20 + 3 * (height + width)
    source = mirrored(image, margin)[:, None]
    density, lead = (2, CENTRE) if doubles else (1, 0)
    filter = torch.from_numpy(numpy.outer(SYM6, SYM6))[None, None]
    if doubles:
        source = F.conv_transpose2d(source, filter, stride=2)
    # Sample n lies at pixel (n - lead) / density from the image's first.
    columns = ((numpy.arange(density * width + 2 * lead) - lead) / density - (width - 1) / 2)[None, :]
    rows = ((numpy.arange(density * height + 2 * lead) - lead) / density - (height - 1) / 2)[:, None]
    places = [inverse[i, 0] * columns + inverse[i, 1] * rows + inverse[i, 2] for i in (0, 1)]
    grid = []
    for place, size, samples in zip(places, (width, height), (source.shape[3], source.shape[2])):
        sample = density * (place + (size - 1) / 2 + margin) + lead
        assert sample.min() > 2 * len(SYM6) and sample.max() < samples - 2 * len(SYM6)
        grid.append(torch.from_numpy(2 * sample / (samples - 1) - 1))
    taken = F.grid_sample(source, torch.stack(grid, -1)[None].expand(3, -1, -1, -1), mode="bilinear", align_corners=True)
    if doubles:
        taken = F.conv2d(taken, filter, stride=2)
    return taken[:, 0]


def recoloured(image, numbers, p):
    grey = torch.full((3, 1, 1), 3 ** -0.5, dtype=torch.float64)
    along = lambda colors: (colors * grey).sum(0, keepdim=True) * grey
    happens, number = numbers.uniform() < p, numbers.normal()
    image = image + 0.2 * number if happens else image
    happens, number = numbers.uniform() < p, numbers.normal()
    image = image * numpy.exp(0.5 * numpy.log(2) * number) if happens else image
    happens, side = numbers.uniform() < p, int(2 * numbers.uniform())
    image = image - 2 * along(image) if happens and side else image
    happens, angle = numbers.uniform() < p, numpy.pi * (2 * numbers.uniform() - 1)
    if happens:
        across = torch.cross(grey.expand_as(image), image, dim=0)
        image = image * numpy.cos(angle) + across * numpy.sin(angle) + along(image) * (1 - numpy.cos(angle))
    happens, number = numbers.uniform() < p, numbers.normal()
    return along(image) + (image - along(image)) * 2 ** number if happens else image


def filtered(image, numbers, p):
    power = numpy.array([10, 1, 1, 1]) / 13
    gains = numpy.ones(4)
    for band in range(4):
        happens, number = numbers.uniform() < p, numbers.normal()
        if happens:
            own = numpy.ones(4)
            own[band] = 2 ** number
            gains = gains * own / numpy.sqrt((power * own ** 2).sum())
    taps = gains @ octave_filters()
    kernel = torch.from_numpy(numpy.outer(taps, taps))[None, None]
    return F.conv2d(mirrored(image, len(taps) // 2)[:, None], kernel)[:, 0]


def cut(image, numbers, p):
    happens, x, y = numbers.uniform() < p, numbers.uniform(), numbers.uniform()
    height, width = image.shape[1:]
    kept = torch.ones_like(image)
    if happens:
        edges = lambda centre, size: slice(max(0, round((centre - 0.25) * size)), round((centre + 0.25) * size))
        kept[:, edges(y, height), edges(x, width)] = 0
    return image * kept


def augmented(images, groups, p, draws):
    height, width = images.shape[2:]
    images = list(images)
    rows = lambda: [Numbers(row) for row in draws.pop(0)]
    steps = [[] for _ in images]
    for group, drawn in (("blit", blit), ("geom", geometry)):
        if group in groups:
            steps = [before + drawn(numbers, p, width, height) for before, numbers in zip(steps, rows())]
    if any(steps):
        images = [moved(image, own, "geom" in groups) for image, own in zip(images, steps)]
    for group, change in (("color", recoloured), ("filter", filtered)):
        if group in groups:
            images = [change(image, numbers, p) for image, numbers in zip(images, rows())]
    if "noise" in groups:
        sigmas = [(numbers.uniform() < p) * 0.1 * abs(numbers.normal()) for numbers in rows()]
        noise = torch.sqrt(-2 * torch.log(1 - draws.pop(0))) * torch.cos(2 * numpy.pi * draws.pop(0))
        images = [image + sigma * own for image, sigma, own in zip(images, sigmas, noise)]
    if "cutout" in groups:
        images = [cut(image, numbers, p) for image, numbers in zip(images, rows())]
    assert not draws
    return torch.stack(images)


given = safetensors_file.read(sys.argv[1])[0]
results = {}
for case in sorted({name.split("/")[0] for name in given}):
    groups, p = case.split("@")[:2]
    images = given[f"{case}/images"].requires_grad_()
    draws = [given[f"{case}/draw{i}"] for i in range(sum(name.startswith(f"{case}/draw") for name in given))]
    result = augmented(images, groups.split(","), float(p), draws)
    (result * given[f"{case}/weights"]).sum().backward()
    results.update({f"{case}/result": result.detach(), f"{case}/gradient": images.grad})
safetensors_file.write(sys.argv[2], results)
