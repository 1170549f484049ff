"""Random recipes: some steps of an optimizer with a schedule and a bound on the gradient, against torch.optim."""
import math
import random

import numpy
import torch

from .reference import Noise
from .verdict import Expectation

OPTIMIZERS = {
    # of each argument: its name in torch.optim, and values to draw from
    "sgd": (torch.optim.SGD, {"momentum": ("momentum", [0.5, 0.9]), "nesterov": ("nesterov", [True])}),
    "adam": (torch.optim.Adam, {"beta1": (None, [0.5, 0.8]), "beta2": (None, [0.9, 0.99]), "epsilon": ("eps", [1e-8, 1e-3])}),
    "adamw": (torch.optim.AdamW, {"beta1": (None, [0.5, 0.8]), "beta2": (None, [0.9, 0.99]), "epsilon": ("eps", [1e-8, 1e-3])}),
    "rmsprop": (torch.optim.RMSprop, {"smoothing": ("alpha", [0.9, 0.95]), "momentum": ("momentum", [0.8]),
                                      "centered": ("centered", [True]), "epsilon": ("eps", [1e-6, 1e-3])}),
    "adagrad": (torch.optim.Adagrad, {"epsilon": ("eps", [1e-8, 1e-3])}),
    "adadelta": (torch.optim.Adadelta, {"smoothing": ("rho", [0.8, 0.95]), "epsilon": ("eps", [1e-5, 1e-3])}),
}


def _half_cosine(start, end, part):
    return end + (start - end) * (1 + math.cos(math.pi * part)) / 2


def _one_cycle(t, steps, start, peak, end=4e-6):
    # PyTorch's top may be before the first step, from which it then is on its way down already; here it is the first step.
    top, last = max(peak * steps - 1, 0), steps - 1
    if t < top:
        return _half_cosine(start, 1, t / top)
    return _half_cosine(1, end, (t - top) / (last - top)) if last > top else 1


SCHEDULES = {
    # of each: the arguments to draw from, and the factor at step t of T, both after the warm-up
    "constant": ({}, lambda t, T: 1),
    "step": ({"every": [1, 2, 3], "factor": [0.5]}, lambda t, T, every, factor: factor ** (t // every)),
    "multistep": ({"at": [[1, 3], [2]], "factor": [0.3]}, lambda t, T, at, factor: factor ** sum(place <= t for place in at)),
    "exponential": ({"factor": [0.7], "every": [1, 2]}, lambda t, T, factor, every: factor ** (t / every)),
    "inverse": ({"every": [1, 2], "power": [1, 0.5]}, lambda t, T, every, power: (1 + t / every) ** -power),
    "polynomial": ({"power": [1, 2], "end": [0, 0.1]}, lambda t, T, power, end: end + (1 - end) * (1 - t / T) ** power),
    "cosine": ({"end": [0, 0.2]}, lambda t, T, end: _half_cosine(1, end, t / T)),
    "one_cycle": ({"start": [0.1], "peak": [0.25, 0.3, 0.5]}, _one_cycle),
}
COUNT_FROM_THE_START = ("step", "multistep")


def _written(values):
    def text(value):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return ", ".join(f"{name}: {text(value)}" for name, value in values.items())


class Recipe:
    """All examples are the same where they do not fill the batches, so that their order is of no account."""

    def __init__(self, seed):
        draw = random.Random(f"recipe {seed}")
        numbers = numpy.random.default_rng([seed, 3])
        self.count, self.epochs = draw.choice([1, 2, 5, 7, 13]), draw.choice([1, 2, 3])
        self.batch = draw.choice([1, 2, 3, self.count, 8])
        inputs, hidden = draw.choice([1, 3, 5, 17]), draw.choice([1, 2, 7, 13])
        self.data = {"x": numbers.normal(size=(self.count, inputs)), "y": numbers.normal(size=(self.count, 2))}
        if self.batch < self.count:
            self.data = {name: numpy.repeat(array[:1], self.count, 0) for name, array in self.data.items()}
        # Of moderate size: where tanh is next to its bounds, its derivative is what rounding has left of it.
        self.weights = {"W": 0.5 * numbers.normal(size=(hidden, inputs)) / math.sqrt(inputs)}
        self.weights |= {"b": 0.5 * numbers.normal(size=hidden), "V": numbers.normal(size=(2, hidden))}
        self.steps = -(-self.count // self.batch) * self.epochs
        self.optimizer = draw.choice(list(OPTIMIZERS))
        self.arguments = {"rate": draw.choice([0.1, 1.0] if self.optimizer == "adadelta" else [0.05, 0.01])}
        for name, (_, values) in OPTIMIZERS[self.optimizer][1].items():
            if draw.random() < 0.5 and (name != "nesterov" or "momentum" in self.arguments):
                self.arguments[name] = draw.choice(values)
        if draw.random() < 0.4:
            self.arguments["decay"] = 0.05
        self.schedule = draw.choice(list(SCHEDULES))
        self.settings = {name: draw.choice(values) for name, values in SCHEDULES[self.schedule][0].items()}
        self.warmup, self.clip = draw.choice([0, 0, 1, 2]), draw.choice([None, 0.5, 2.0])

    def text(self):
        settings = self.settings | ({"warmup": self.warmup} if self.warmup else {})
        parameters = [f"param {name}: {list(array.shape)} = normal(1)" for name, array in self.weights.items()]
        lines = ["model compared", f"input x: [{self.data['x'].shape[1]}]", "target y: [2]", *parameters]
        lines += ["loss squared_error(V @ tanh(W @ x + b), y)", "train {", f"  optimizer {self.optimizer}({_written(self.arguments)})"]
        lines += [f"  schedule {self.schedule}({_written(settings)})"] + ([f"  clip {self.clip}"] if self.clip else [])
        return "\n".join([*lines, f"  batch {self.batch}; epochs {self.epochs}; seed 3", "}"]) + "\n"

    def factor(self, step):
        """What the rate is multiplied by."""
        from_start = self.schedule in COUNT_FROM_THE_START
        t, whole = (step, self.steps) if from_start else (max(step - self.warmup, 0), max(self.steps - self.warmup, 1))
        rising = (step + 1) / (self.warmup + 1) if step < self.warmup else 1
        return SCHEDULES[self.schedule][1](t, whole, **self.settings) * rising

    def _torch_optimizer(self, parameters):
        make, names = OPTIMIZERS[self.optimizer]
        given = {"lr": self.arguments["rate"]}
        if "decay" in self.arguments:
            given["weight_decay"] = self.arguments["decay"]
        given |= {names[name][0]: value for name, value in self.arguments.items() if name in names and names[name][0]}
        if "adam" in self.optimizer:
            given["betas"] = (self.arguments.get("beta1", 0.9), self.arguments.get("beta2", 0.999))
        return make(parameters, **given)

    def trained(self, perturbation=0, draw=0, _=None):
        """The weights after all steps."""
        torch.set_default_dtype(torch.float64)
        start = {name: Noise(perturbation, draw)(array) for name, array in self.weights.items()}
        W, b, V = parameters = [torch.tensor(start[name], requires_grad=True) for name in ("W", "b", "V")]
        # A part of a batch of equal examples has the gradient of one.
        x, y = (torch.tensor(array if self.batch >= self.count else array[:1]) for array in self.data.values())
        optimizer = self._torch_optimizer(parameters)
        for step in range(self.steps):
            optimizer.zero_grad()
            ((torch.tanh(x @ W.T + b) @ V.T - y) ** 2).sum(1).mean().backward()
            if self.clip:
                torch.nn.utils.clip_grad_norm_(parameters, self.clip)
            optimizer.param_groups[0]["lr"] = self.arguments["rate"] * self.factor(step)
            optimizer.step()
        return {name: parameter.detach().numpy().copy() for name, parameter in zip(("W", "b", "V"), parameters)}

    def expectation(self):
        return Expectation(self.trained(), self.trained)
