"""The table of losses: how each is spelt, and the same in PyTorch, for one example."""
import torch
import torch.nn.functional as F

from .elementwise import softplus
from .model import Call
from .operations import axis_text, options, require, unary, unless

LOSSES = []


def loss(make):
    LOSSES.append(make)
    return make


def number(operands, spelling, compute, tag):
    return Call((), operands, spelling, compute, tag)


OF_ONE = {
    "0.5 * sum({0}^2)": lambda t: 0.5 * (t**2).sum(),
    "mean(tanh({0})) - 0.1 * max(abs({0}))": lambda t: torch.tanh(t).mean() - 0.1 * t.abs().amax(),
    "sum(cos({0}))": lambda t: torch.cos(t).sum(),
}


@loss
def of_one(draw, x):
    text, compute = draw.choice(list(OF_ONE.items()))
    return number([x], text, compute, "of one")


@loss
def weighted_sum(draw, x):
    return number([x, draw.parameter(x.shape)], "sum({0} * {1})", lambda t, w: (t * w).sum(), "weighted sum")


ERRORS = {
    "squared_error": lambda x, t, _: (x - t) ** 2,
    "half_squared_error": lambda x, t, _: (x - t) ** 2 / 2,
    "mean_squared_error": lambda x, t, _: (x - t) ** 2,
    "absolute_error": lambda x, t, _: (x - t).abs(),
    "mean_absolute_error": lambda x, t, _: (x - t).abs(),
    "huber": lambda x, t, delta: F.huber_loss(x, t, reduction="none", delta=delta),
    "binary_cross_entropy": lambda x, t, _: softplus(x) - t * x,
}


def places_or_outputs(w, x):
    """A weight's extents stand for the last axes, or for all but them where it has those of the first."""
    if w.shape == x.shape[:w.dim()] and w.dim() < x.dim():
        return w.reshape(*w.shape, *[1] * (x.dim() - w.dim()))
    return w


def weight_for(draw, shape):
    """A weight for everything, for each position or for each output of a vector of them; None for none."""
    if not shape or draw.chance(0.5):
        return None
    shapes = [shape] if len(shape) != 2 or shape[0] == shape[1] else [shape, shape[:1], shape[1:]]
    w = draw.input(draw.choice(shapes), is_target=draw.chance(0.5))
    return unary(draw, w, "abs") if draw.chance(0.3) else w


@loss
def error(draw, x):
    name, has_target = draw.choice(list(ERRORS)), draw.chance(0.7)
    w, delta = weight_for(draw, x.shape), draw.choice([1, 0.5]) if name == "huber" else 1
    target = [draw.input(x.shape, is_target=True)] if has_target else []
    operands = [x, *target, *([w] if w else [])]

    def compute(t, *others):
        goal = others[0] if has_target else torch.full_like(t, 0.25)
        terms = ERRORS[name](t, goal, delta)
        terms = terms * places_or_outputs(others[-1], t) if w else terms
        return terms.mean() if name.startswith("mean") else terms.sum()

    text = f"{name}({{0}}, {'{1}' if has_target else 0.25}{f', weight: {{{len(operands) - 1}}}' if w else ''}"
    return number(operands, text + options(delta=unless(delta, 1)) + ")", compute, name)


@loss
def binary_classes(draw, x):
    target = draw.input(x.shape, classes=2, is_target=True)
    return number([x, target], "binary_cross_entropy({0}, {1})", lambda t, c: (softplus(t) - t * c).mean(), "binary classes")


@loss
def triplet(draw, x):
    require(x.shape)
    positive, negative = draw.parameter(x.shape), draw.input(x.shape, is_target=draw.chance(0.5))
    return number([x, positive, negative], "triplet({0}, {1}, {2}, margin: 1.5)",
                  lambda a, p, n: torch.relu(((a - p) ** 2).sum(-1) - ((a - n) ** 2).sum(-1) + 1.5).mean(), "triplet")


DISTRIBUTIONS = {
    "cross_entropy": lambda x, t: t.sum(-1) * x.logsumexp(-1) - (t * x).sum(-1),
    "nll": lambda x, t: -(t * x).sum(-1),
}


@loss
def distribution(draw, x):
    require(x.shape)
    axis, name = draw.axis(x), draw.choice(list(DISTRIBUTIONS))
    is_softmax = draw.chance(0.5)
    target = f"softmax({{1}}, axis: {axis})" if is_softmax else "{1}"

    def compute(t, goal):
        goal = torch.softmax(goal, axis) if is_softmax else goal
        return DISTRIBUTIONS[name](t.movedim(axis, -1), goal.movedim(axis, -1)).mean()

    text = f"{name}({{0}}, {target}{axis_text(draw, axis, len(x.shape))})"
    return number([x, draw.input(x.shape, is_target=True)], text, compute, name)


def margins(x, own, w):
    """Of scores [..., K], what each class but the right one comes to, times its weight."""
    terms = torch.relu(x - x.gather(-1, own[..., None]) + 1) * (1 - F.one_hot(own, x.shape[-1]).to(x.dtype))
    return (terms if w is None else terms * w).sum(-1)


CLASSES = {
    "cross_entropy": lambda x, own: x.logsumexp(-1) - x.gather(-1, own[..., None])[..., 0],
    "nll": lambda x, own: -x.gather(-1, own[..., None])[..., 0],
}


@loss
def classes(draw, x):
    require(x.shape)
    axis, name = draw.axis(x), draw.choice([*CLASSES, "hinge"])
    count, places = x.shape[axis], tuple(extent for i, extent in enumerate(x.shape) if i != axis)
    target, kind = draw.input(places, classes=count, is_target=True), None
    if places and places != (count,) and draw.chance(0.4):
        kind = draw.choice(["position", "class"] if len(x.shape) == 2 else ["position"])
    w = [draw.input(places if kind == "position" else (count,), is_target=True)] if kind else []

    def compute(t, own, *rest):
        t = t.movedim(axis, -1)
        if name == "hinge":
            terms = margins(t, own, rest[0] if kind == "class" else None)
        else:
            terms = CLASSES[name](t, own) * (rest[0][own] if kind == "class" else 1)
        return (terms * rest[0] if kind == "position" else terms).mean()

    text = f"{name}({{0}}, {{1}}{axis_text(draw, axis, len(x.shape))}{', weight: {2}' if w else ''})"
    return number([x, target, *w], text, compute, name)


PENALTIES = {
    "l1(weights)": lambda w: w.abs().sum(),
    "l2(weights)": lambda w: (w * w).sum(),
    "elastic(weights, 0.3)": lambda w: 0.3 * (w * w).sum() + w.abs().sum(),
}


def penalty(draw):
    """On all parameters of rank 2 or more; the evaluation hands these over."""
    text, compute = draw.choice(list(PENALTIES.items()))
    call = number([], f"0.01 * {text}", lambda *w: 0.01 * sum(compute(each) for each in w), "penalty")
    call.takes_weights = True
    return call
