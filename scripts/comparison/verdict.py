"""Whether two sets of tensors are the same, as far as the model lets one tell."""
from dataclasses import dataclass

import numpy
import torch

from . import reference
from .reference import Noise

TOLERANCE = {"f64": 1e-9, "f32": 5e-4}
PERTURBATION = {"f64": 1e-11, "f32": 3e-7}  # far above the rounding of either precision, and below what is tolerated
DRAWS = 4


@dataclass(frozen=True)
class Difference:
    name: str
    words: str

    def __str__(self):
        return f"{self.name} {self.words}"


def _distance(a, b):
    return numpy.abs(a - b).max(initial=0)


class Expectation:
    """What PyTorch found, and how far that is to be trusted.

    Where the results are not within the tolerance, the inputs and parameters are moved by a little, several times, and so is what
    comes of each operation: a model that multiplies differences, or is next to a jump, moves as far as two right answers may be
    apart."""

    def __init__(self, tensors, again):
        """`again(perturbation, draw, dtype)` computes the reference from inputs that are moved by so much."""
        self.tensors, self._again, self._reaches = tensors, again, {}

    @property
    def is_finite(self):
        return all(numpy.isfinite(tensor).all() for tensor in self.tensors.values())

    def _reach(self, precision):
        """How far each tensor moves."""
        if precision not in self._reaches:
            moved = [self._again(PERTURBATION[precision], draw) for draw in range(DRAWS)]
            moved += [self._again(0, 0, "f32")] if precision == "f32" else []
            self._reaches[precision] = {
                name: max(_distance(other[name], tensor) if numpy.isfinite(other[name]).all() else numpy.inf for other in moved)
                for name, tensor in self.tensors.items()
            }
        return self._reaches[precision]

    def compare(self, found, precision):
        """Two lists: what is wrong, and the names of what the model is too ill-conditioned for."""
        wrong, unclear = [], []
        for name, expected in self.tensors.items():
            if name not in found:
                wrong.append(Difference(name, "is missing"))
                continue
            actual = found[name].astype(numpy.float64)
            if actual.shape != expected.shape:
                wrong.append(Difference(name, f"has the shape {actual.shape}, in PyTorch {expected.shape}"))
                continue
            distance, scale = _distance(actual, expected), max(numpy.abs(expected).max(initial=0), 1)
            if distance <= TOLERANCE[precision] * scale:  # NaN is not
                continue
            if numpy.isfinite(actual).all() and distance <= 4 * self._reach(precision)[name]:
                unclear.append(name)
                continue
            apart = numpy.abs(actual - expected).reshape(-1)
            place = int(numpy.argmax(numpy.where(numpy.isnan(apart), numpy.inf, apart)))
            values = f"is {actual.reshape(-1)[place]:.9g}, in PyTorch {expected.reshape(-1)[place]:.9g}"
            wrong.append(Difference(f"{name}{list(map(int, numpy.unravel_index(place, actual.shape))) if actual.ndim else ''}",
                                    f"{values}: {distance / scale:.1e} apart"))
        return wrong, unclear


def _moved(arrays, noise):
    return arrays if noise is None else {name: array if array.dtype.kind == "i" else noise(array) for name, array in arrays.items()}


def of_training(model, data, weights, directions):
    """The expectation of a model's values and derivatives."""
    def again(perturbation, draw, precision="f64"):
        noise = Noise(perturbation, draw) if perturbation else None
        kind = torch.float32 if precision == "f32" else torch.float64
        return reference.training(model, _moved(data, noise), _moved(weights, noise), directions, kind, noise)

    return Expectation(again(0, 0), again)


def of_use(model, data, weights):
    def again(perturbation, draw, precision="f64"):
        noise = Noise(perturbation, draw) if perturbation else None
        return reference.use(model, _moved(data, noise), weights, noise)

    return Expectation(again(0, 0), again)


def same_bits(one, other):
    """The names of what is not the same bit for bit."""
    return [name for name in one if not numpy.array_equal(one[name], other[name], equal_nan=True)]
