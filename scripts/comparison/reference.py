"""What PyTorch makes of a model: values, loss and derivatives."""
import math

import numpy
import torch

from .model import Name


class Noise:
    """Changes numbers as if they were computed in a lower precision. Equal ones stay equal, so that they share gradients as before;
    of four draws one at least goes up, and one down."""

    def __init__(self, size, draw):
        self._size, self._phase = size, draw * math.pi / 2

    def __call__(self, value):
        if isinstance(value, torch.Tensor):
            return value + (value * self._size * torch.sin(value * 1e7 + self._phase)).detach()
        return numpy.asarray(value + value * self._size * numpy.sin(value * 1e7 + self._phase))


class Evaluation:
    """Values by name, a tensor for each example."""

    def __init__(self, model, inputs, weights, is_training, noise=None):
        self._model, self._weights, self._is_training, self._noise = model, weights, is_training, noise
        self.count = len(next(iter(inputs.values()))) if inputs else model.count
        self.values = dict(inputs)
        for name in model.of_kind("param"):
            self.values[name.name] = [weights[name.name]] * self.count

    @staticmethod
    def of(model, data, weights, dtype=torch.float64, noise=None):
        """In training, with all that derivatives are taken by."""
        torch.set_default_dtype(dtype)
        evaluation = Evaluation(model, leaves(data, dtype), leaves_of_weights(model, weights, dtype), True, noise)
        evaluation.run({name.name: [torch.zeros(name.shape)] * evaluation.count for name in model.of_kind("state")})
        return evaluation

    def run(self, states):
        self.values.update(states)
        for statement in self._model.statements:
            self.values[statement.name] = self.value(statement.call)

    def value(self, node):
        if isinstance(node, Name):
            return self.values[node.name]
        values = self._computed(node)
        return [self._noise(value) for value in values] if self._noise else values

    def _computed(self, node):
        operands = [self.value(operand) for operand in node.operands]
        weights = {role: self._weights[name] for role, name in node.full_names.items()}
        if node.is_whole_batch:
            return node.compute(*operands, self._is_training, **weights)
        if node.takes_weights:
            matrices = [name for name, tensor in self._model.parameters().items() if len(tensor.shape) >= 2]
            return [node.compute(*(self._weights[name] for name in matrices))]
        return [node.compute(*each, **weights) for each in zip(*operands)]

    def largest(self, name):
        return max(value.detach().abs().max().item() for value in self.values[name])

    def loss(self):
        """The mean over the examples; a penalty counts once."""
        return sum(torch.stack([term.reshape(()) for term in self.value(loss)]).mean() for loss in self._model.losses)


def leaves(data, dtype):
    """Each example of each input, to derive by."""
    def one(array):
        return torch.tensor(array) if array.dtype.kind == "i" else torch.tensor(array, dtype=dtype, requires_grad=True)
    return {name: [one(example) for example in array] for name, array in data.items()}


def leaves_of_weights(model, weights, dtype):
    trained = model.parameters()
    return {name: torch.tensor(array, dtype=dtype, requires_grad=name in trained) for name, array in weights.items()}


def _derivatives(number, by):
    """Of what does not depend on it, or not in a way that PyTorch knows, a derivative is 0."""
    if not by or not number.requires_grad:
        return [torch.zeros_like(t) for t in by]
    found = torch.autograd.grad(number, by, create_graph=True, allow_unused=True)
    return [torch.zeros_like(t) if g is None else g for g, t in zip(found, by)]


def training(model, data, weights, directions, dtype=torch.float64, noise=None):
    """What `nnrun grad` writes, by the same names."""
    evaluation = Evaluation.of(model, data, weights, dtype, noise)
    loss, trained = evaluation.loss(), list(model.parameters())
    inputs = [name for name, array in data.items() if array.dtype.kind != "i"]
    flat = [evaluation._weights[name] for name in trained] + [t for name in inputs for t in evaluation.values[name]]
    gradients = _derivatives(loss, flat)
    found = {"loss": loss}
    for statement in model.statements:
        found[f"value.{statement.name}"] = torch.stack(evaluation.values[statement.name])
    found |= {f"grad.{name}": gradient for name, gradient in zip(trained, gradients)}
    for index, name in enumerate(inputs):
        start = len(trained) + index * evaluation.count
        found[f"grad.{name}"] = torch.stack(gradients[start:start + evaluation.count])
    if trained:
        along = sum((gradient * torch.tensor(directions[name], dtype=dtype)).sum() for name, gradient in zip(trained, gradients))
        found["jvp"] = along
        found |= {f"hvp.{name}": product for name, product in zip(trained, _derivatives(along, flat[:len(trained)]))}
    return {name: _array(tensor) for name, tensor in found.items()}


def use(model, data, weights, noise=None):
    """What `nnrun predict` writes: batch by batch, in which states go on."""
    torch.set_default_dtype(torch.float64)
    tensors, inputs = leaves_of_weights(model, weights, torch.float64), leaves(data, torch.float64)
    states = {name.name: [torch.zeros(name.shape)] * model.batch for name in model.of_kind("state")}
    outputs = {statement.name: [] for statement in model.statements}
    for start in range(0, model.count, model.batch):
        batch = {name: examples[start:start + model.batch] for name, examples in inputs.items()}
        evaluation = Evaluation(model, batch, tensors, False, noise)
        evaluation.run({name: values[:evaluation.count] for name, values in states.items()})
        states = {state: [*evaluation.values[value], *states[state][evaluation.count:]] for state, value in model.following.items()}
        for name, values in outputs.items():
            values += evaluation.values[name]
    return {f"o_{name}": _array(torch.stack(values)) for name, values in outputs.items()}


def _array(tensor):
    tensor = tensor.detach()
    return numpy.zeros(tuple(tensor.shape)) if tensor._is_zerotensor() else tensor.to(torch.float64).numpy()
