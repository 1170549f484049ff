"""Functions that work element by element: how they are spelt in the language, and the same in PyTorch.

Arguments are kept where the function is smooth enough to be compared: no logarithm of what may be next to 0.
"""
import torch
import torch.nn.functional as F


def as_number(condition, like):
    return condition.to(like.dtype)


def softplus(x):
    """`F.softplus` gives up precision above its threshold."""
    return torch.logaddexp(x, torch.zeros_like(x))


def elu(x, alpha=1):
    """With the second derivative from the left at 0, where `F.elu` has the other."""
    return torch.where(x > 0, x, alpha * torch.expm1(torch.where(x > 0, torch.zeros_like(x), x)))


def remainder(a, b):
    return a - torch.floor(a / b).detach() * b


UNARY = {
    "abs": ("abs({0})", torch.abs),
    "clip": ("clip({0}, -0.7, 0.9)", lambda x: torch.clamp(x, -0.7, 0.9)),
    "cos": ("cos({0})", torch.cos),
    "elu": ("elu({0})", elu),
    "elu_alpha": ("elu({0}, alpha: 0.5)", lambda x: elu(x, 0.5)),
    "erf": ("erf({0})", torch.erf),
    "exp": ("exp(tanh({0}))", lambda x: torch.exp(torch.tanh(x))),
    "expm1": ("expm1(sin({0}))", lambda x: torch.expm1(torch.sin(x))),
    "floor": ("floor({0})", torch.floor),
    "gelu": ("gelu({0})", F.gelu),
    "leaky_relu": ("leaky_relu({0})", lambda x: F.leaky_relu(x, 0.1)),
    "leaky_relu_slope": ("leaky_relu({0}, slope: 0.3)", lambda x: F.leaky_relu(x, 0.3)),
    "log": ("log(square({0}) + 0.5)", lambda x: torch.log(x * x + 0.5)),
    "log1p": ("log1p(abs({0}))", lambda x: torch.log1p(x.abs())),
    "relu": ("relu({0})", torch.relu),
    "sigmoid": ("sigmoid({0})", torch.sigmoid),
    "sign": ("sign({0})", torch.sign),
    "silu": ("silu({0})", F.silu),
    "sin": ("sin({0})", torch.sin),
    "softplus": ("softplus({0})", softplus),
    "sqrt": ("sqrt({0}^2 + 0.25)", lambda x: torch.sqrt(x * x + 0.25)),
    "square": ("square({0})", torch.square),
    "step": ("step({0})", lambda x: as_number(x > 0, x)),
    "tanh": ("tanh({0})", torch.tanh),
    "stop": ("stop({0})", torch.detach),
    "stop_factor": ("({0} * stop({0}))", lambda x: x * x.detach()),
    "whole": ("({0} - stop({0}) + floor({0}))", lambda x: x - x.detach() + torch.floor(x)),  # with a gradient, unlike floor itself
    "negation": ("(-{0})", torch.neg),
    "cube": ("({0}^3)", lambda x: x**3),
    "reciprocal": ("(1 / (1 + {0}^2))", lambda x: 1 / (1 + x * x)),
    "power_of_number": ("(1.5 ^ tanh({0}))", lambda x: 1.5 ** torch.tanh(x)),
    "broken_power": ("((abs({0}) + 0.3)^1.5)", lambda x: (x.abs() + 0.3) ** 1.5),
    "negative_power": ("(softplus({0})^-0.5)", lambda x: softplus(x) ** -0.5),
    "remainder": ("({0} % 1.5)", lambda x: remainder(x, 1.5)),
    "comparison": ("({0} > 0.1)", lambda x: as_number(x > 0.1, x)),
    "at_least": ("max({0}, 0)", lambda x: torch.maximum(x, torch.zeros_like(x))),
    "at_most": ("min({0}, 0.3)", lambda x: torch.minimum(x, torch.full_like(x, 0.3))),
    "line": ("({0} * 0.5 - 0.25)", lambda x: x * 0.5 - 0.25),
    "twice": ("({0} + {0})", lambda x: x + x),
    "itself": ("({0} * {0})", lambda x: x * x),
    "polynomial": ("({0}^2 - 2 * {0} * 0.3 + 0.19)", lambda x: (x - 0.3) ** 2 + 0.1),
    "where": ("where({0} > 0.2, {0}, sin({0}))", lambda x: torch.where(x > 0.2, x, torch.sin(x))),
}

BINARY = {
    "add": ("({0} + {1})", torch.add),
    "subtract": ("({0} - {1})", torch.sub),
    "multiply": ("({0} * {1})", torch.mul),
    "divide": ("({0} / (1 + {1}^2))", lambda a, b: a / (1 + b * b)),
    "power": ("((softplus({0}) + 0.2) ^ sin({1}))", lambda a, b: (softplus(a) + 0.2) ** torch.sin(b)),
    "remainder": ("({0} % (abs({1}) + 1))", lambda a, b: remainder(a, b.abs() + 1)),
    "max": ("max({0}, {1})", torch.maximum),
    "min": ("min({0}, {1})", torch.minimum),
    "less": ("({0} < {1})", lambda a, b: as_number(a < b, a)),
    "not_less": ("({0} * ({0} >= {1}))", lambda a, b: a * as_number(a >= b, a)),
    "equal": ("({0} * ({1} == {0}) + {1} * ({0} != {1}))", lambda a, b: a * as_number(a == b, a) + b * as_number(a != b, a)),
    "clip": ("clip({0}, -abs({1}) - 0.1, 0.5)", lambda a, b: torch.clamp(torch.maximum(a, -b.abs() - 0.1), max=0.5)),
    "where": ("where({0} > {1}, {1}, 2 * {0})", lambda a, b: torch.where(a > b, b, 2 * a)),
    "stopped_difference": ("(({0} - stop({1}))^2)", lambda a, b: (a - b.detach()) ** 2),
    "products": ("({0} * {1} + {1} * {0} * {0})", lambda a, b: a * b + b * a * a),
}
ARITHMETIC = ("add", "subtract", "multiply")
