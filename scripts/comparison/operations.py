"""The table of operations: of each, what shape it wants, how it is spelt in the language, and the same in PyTorch.

A row is a function with `@operation`: it gets the generator, which draws, and a value of the shape it wants, and returns a call of
the operation with random arguments, or raises `Rejected`. What works element by element is in `elementwise.py`.
"""
import math
from dataclasses import dataclass

import numpy
import torch
import torch.nn.functional as F

from .elementwise import ARITHMETIC, BINARY, UNARY
from .model import Call, Name, Rejected, Tensor, elements, listed

ANY, SOME_AXIS, VECTOR, SEQUENCE, IMAGE = "any", "some axis", "vector", "sequence", "image"


@dataclass(frozen=True)
class Operation:
    name: str
    wants: str
    weight: int
    make: object


OPERATIONS = []


def operation(wants=ANY, weight=1):
    def enter(make):
        OPERATIONS.append(Operation(make.__name__.rstrip("_"), wants, weight, make))
        return make
    return enter


def require(condition):
    if not condition:
        raise Rejected


def pair(size):
    return (size, size) if isinstance(size, int) else tuple(size)


def options(**values):
    """`, name: value` of each that is there."""
    return "".join(f", {name}: {listed(value)}" for name, value in values.items() if value is not None)


def with_equals(draw, x):
    """Now and then a value with many equal elements, between which a maximum shares its gradient."""
    return unary(draw, x, "whole") if draw.chance(0.3) else x


def unless(value, default):
    """An option's value where it says something."""
    return None if value == default else value


def axis_text(draw, axis, rank):
    """`axis:` as one may write it: from the front or the back, or not at all where it is the last."""
    if axis == rank - 1 and draw.chance(0.5):
        return ""
    return f", axis: {draw.choice([axis, axis - rank])}"


# Elementwise

def unary(draw, x, name=None):
    name = name or draw.choice(list(UNARY))
    spelling, compute = UNARY[name]
    return Call(x.shape, [x], spelling, compute, name)


def broadcast(a, b):
    return numpy.broadcast_shapes(a, b)


def binary(draw, a, b, name=None):
    name = name or draw.choice([*BINARY, *ARITHMETIC * 4])
    spelling, compute = BINARY[name]
    return Call(broadcast(a.shape, b.shape), [a, b], spelling, lambda x, y: compute(*torch.broadcast_tensors(x, y)), name)


@operation(weight=10)
def expression(draw, x, depth=None):
    """Some of everything that has no parameters, one in the other."""
    for _ in range(depth or draw.between(1, 4)):
        kind = draw.choices({"unary": 30, "binary": 35, "view": 20, "reduction": 15})
        if kind == "unary":
            x = unary(draw, x)
        elif kind == "binary":
            operands = [x, draw.companion(x)]
            x = binary(draw, *(operands if draw.chance(0.6) else operands[::-1]))
        elif kind == "view":
            x = view(draw, x)
        elif x.shape:
            x = reduction(draw, x)
    require(isinstance(x, Call))
    return x


@operation()
def chain(draw, x):
    """Long enough for one kernel not to do."""
    for _ in range(draw.between(5, 14)):
        x = unary(draw, x) if draw.chance(0.6) else binary(draw, x, draw.companion(x))
    return x


@operation()
def where(draw, x):
    condition = draw.input([extent if draw.chance(0.7) else 1 for extent in x.shape], classes=2)
    y = draw.companion(x)
    shape = broadcast(broadcast(condition.shape, x.shape), y.shape)
    return Call(shape, [condition, x, y], "where({0}, {1}, {2})", lambda c, a, b: torch.where(c != 0, a, b), "where")


@operation()
def class_number(draw, x):
    c = draw.input(x.shape[-1:], classes=draw.between(2, 5))
    return Call(x.shape, [x, c], "({0} * {1} - {1})", lambda a, number: a * number.to(a.dtype) - number.to(a.dtype), "class number")


# Shape

@operation(weight=2)
def view(draw, x):
    make = draw.choice([reshape, transpose, transpose, slice_, slice_, flatten, pad, roll])
    return make(draw, x) if x.shape else reshape(draw, x)


def reshape(draw, x):
    left, shape = elements(x.shape), []
    for _ in range(draw.between(1, 4)):
        extent = draw.choice([d for d in range(1, left + 1) if left % d == 0])
        shape.append(extent)
        left //= extent
    shape.insert(draw.between(0, len(shape)), left)
    written = list(shape)
    if draw.chance(0.4):
        written[draw.between(0, len(shape) - 1)] = -1
    return Call(shape, [x], f"reshape({{0}}, {listed(written)})", lambda t: t.reshape(shape), "reshape")


def flatten(draw, x):
    return Call([elements(x.shape)], [x], "flatten({0})", lambda t: t.reshape(-1), "flatten")


def transpose(draw, x):
    axes = draw.shuffled(range(len(x.shape)))
    if draw.chance(0.3):
        axes = axes[::-1] if axes == sorted(axes) else sorted(axes, reverse=True)
    is_reversal = axes == sorted(axes, reverse=True)
    text = "transpose({0})" if is_reversal and draw.chance(0.7) else f"transpose({{0}}, axes: {listed(axes)})"
    return Call([x.shape[axis] for axis in axes], [x], text, lambda t: t.permute(axes), "transpose")


def roll(draw, x):
    axis, shift = draw.axis(x), draw.between(-4, 4)
    return Call(x.shape, [x], f"roll({{0}}, {shift}, axis: {axis})", lambda t: torch.roll(t, shift, axis), "roll")


def pad(draw, x):
    sides = [(draw.choice([0, 0, 1, 2]), draw.choice([0, 0, 1, 3])) for _ in x.shape]
    written = [amount for both in sides for amount in both]
    if draw.chance(0.5):
        sides = [(before, before) for before, _ in sides]
        written = [before for before, _ in sides]
    shape = [before + extent + after for extent, (before, after) in zip(x.shape, sides)]
    flat = [amount for both in reversed(sides) for amount in both]
    return Call(shape, [x], f"pad({{0}}, amounts: {listed(written)})", lambda t: F.pad(t, flat), "pad")


def slice_(draw, x):
    """Positions, ranges, whole axes and new ones."""
    indices, shape, words = [], [], []
    for extent in x.shape:
        if draw.chance(0.15):
            indices.append(None)
            shape.append(1)
            words.append("new")
        kind = draw.choices({"all": 40, "position": 20, "range": 40})
        if kind == "all":
            indices.append(slice(None))
            shape.append(extent)
            words.append(":")
        elif kind == "position":
            position = draw.between(0, extent - 1)
            indices.append(position)
            words.append(str(draw.choice([position, position - extent])))
        else:
            start = draw.between(0, extent - 1)
            end = draw.between(start + 1, extent)
            indices.append(slice(start, end))
            shape.append(end - start)
            first = "" if start == 0 and draw.chance(0.5) else str(draw.choice([start, start - extent]))
            last = str(end if end == extent else draw.choice([end, end - extent]))
            words.append(f"{first}..<{'' if end == extent and draw.chance(0.5) else last}")
    while len(words) > 1 and words[-1] == ":" and draw.chance(0.5):
        words.pop()
    return Call(shape, [x], f"{{0}}[{', '.join(words)}]", lambda t: t[tuple(indices)], "slice")


@operation(SOME_AXIS)
def views(draw, x):
    for _ in range(draw.between(2, 5)):
        x = view(draw, x)
    return x


@operation(SOME_AXIS)
def concat(draw, x):
    axis, rank, parts = draw.axis(x), len(x.shape), [x]
    for _ in range(draw.between(1, 3)):
        fitting = draw.fitting(lambda s: len(s) == rank and all(s[i] == x.shape[i] for i in range(rank) if i != axis))
        own = [draw.between(1, 3) if i == axis else extent for i, extent in enumerate(x.shape)]
        part = draw.choice(fitting) if fitting and draw.chance(0.7) else draw.parameter(own)
        parts.insert(draw.between(0, len(parts)), unary(draw, part) if draw.chance(0.3) else part)
    shape = list(x.shape)
    shape[axis] = sum(part.shape[axis] for part in parts)
    text = ", ".join(f"{{{i}}}" for i in range(len(parts)))
    return Call(shape, parts, f"concat({text}, axis: {axis})", lambda *t: torch.cat(t, axis), "concat")


@operation()
def stack(draw, x):
    fitting = draw.fitting(lambda s: s == x.shape)
    parts = [draw.choice(fitting) if fitting else draw.parameter(x.shape), x] + ([unary(draw, x)] if draw.chance(0.5) else [])
    parts, rank = draw.shuffled(parts), len(x.shape)
    axis = draw.between(0, rank)
    shape = list(x.shape)
    shape.insert(axis, len(parts))
    text = ", ".join(f"{{{i}}}" for i in range(len(parts)))
    return Call(shape, parts, f"stack({text}, axis: {draw.choice([axis, axis - rank - 1])})", lambda *t: torch.stack(t, axis), "stack")


@operation(SOME_AXIS)
def range_(draw, x):
    extent = x.shape[-1]
    return Call(x.shape, [x], f"({{0}} * (range({extent}) % 3 - 1) + ones([{extent}]))",
                lambda t: t * (torch.arange(extent, dtype=t.dtype) % 3 - 1) + 1, "range")


# Reductions

def halves(x, axes):
    """The product, of which PyTorch's has no second derivative where two factors are 0."""
    kept = [axis for axis in range(x.dim()) if axis not in axes]
    x = x.permute(*kept, *axes).reshape(*[x.shape[axis] for axis in kept], -1)
    while x.shape[-1] > 1:
        half = x.shape[-1] // 2
        x = torch.cat([x[..., :half] * x[..., half:2 * half], x[..., 2 * half:]], -1)
    return x[..., 0]


REDUCTIONS = {
    "sum": torch.sum,
    "mean": torch.mean,
    "max": torch.amax,
    "min": torch.amin,
    "prod": halves,
    "norm": lambda x, axes: torch.linalg.vector_norm(x, dim=axes),
    "logsumexp": torch.logsumexp,
}


@operation(SOME_AXIS, weight=3)
def reduction(draw, x, name=None, keeps=None):
    name, rank = name or draw.choice([*REDUCTIONS, "sum", "sum", "mean"]), len(x.shape)
    is_whole = draw.chance(0.15)
    axes = list(range(rank)) if is_whole else draw.sample(range(rank), draw.between(1, rank))
    keeps = draw.chance(0.5) if keeps is None else keeps
    if name == "prod" and elements(x.shape[axis] for axis in axes) > 17:
        name = "mean"
    x = with_equals(draw, x) if name in ("max", "min") else x
    kept = [1 if i in axes else extent for i, extent in enumerate(x.shape)]
    shape = kept if keeps else [extent for i, extent in enumerate(x.shape) if i not in axes]
    written = [draw.choice([axis, axis - rank]) for axis in axes]
    where_ = "" if is_whole else options(axis=written[0] if len(axes) == 1 and draw.chance(0.8) else written)
    text = f"{name}({{0}}{where_}{', keep: true' if keeps else ''})"
    return Call(shape, [x], text, lambda t: REDUCTIONS[name](t, axes).reshape(shape), name)


@operation(SOME_AXIS)
def sum_of_products(draw, x):
    """What may become a product of matrices, or be fused with its sum."""
    product = binary(draw, x, draw.companion(x), "multiply")
    if draw.chance(0.5):
        product = binary(draw, product, draw.companion(product), draw.choice(ARITHMETIC))
    if draw.chance(0.4):
        product = unary(draw, product)
    total = reduction(draw, product, draw.choice(["sum", "sum", "mean", "max", "norm"]))
    try:
        return binary(draw, total, x, "multiply") if draw.chance(0.5) else total
    except ValueError:
        return total


@operation(SOME_AXIS)
def argmax(draw, x):
    axis = draw.axis(x)
    shape = [extent for i, extent in enumerate(x.shape) if i != axis]
    text = f"argmax({{0}}{axis_text(draw, axis, len(x.shape))})"
    return Call(shape, [x], text, lambda t: t.argmax(axis).to(t.dtype), "argmax")


ALONG_AXIS = {
    "softmax": torch.softmax,
    "log_softmax": torch.log_softmax,
    "normalize": lambda x, axis: F.normalize(x, dim=axis),
}


@operation(SOME_AXIS, weight=2)
def along_axis(draw, x):
    axis, name = draw.axis(x), draw.choice(list(ALONG_AXIS))
    text = f"{name}({{0}}{axis_text(draw, axis, len(x.shape))})"
    return Call(x.shape, [x], text, lambda t: ALONG_AXIS[name](t, axis), name)


def cosine(a, b, axis):
    a, b = torch.broadcast_tensors(a, b)
    lengths = [torch.linalg.vector_norm(t, dim=axis).clamp(min=1e-8) for t in (a, b)]
    return (a * b).sum(axis) / (lengths[0] * lengths[1])


INNER = {"dot": lambda a, b, axis: (a * b).sum(axis), "cosine_similarity": cosine}


@operation(SOME_AXIS)
def inner(draw, x):
    y, rank = draw.companion(x), len(x.shape)
    require(0 < len(y.shape) <= rank)
    axis = draw.axis(x) if len(y.shape) == rank else rank - 1
    require(y.shape[axis - rank] == x.shape[axis])
    name, shape = draw.choice(list(INNER)), list(broadcast(x.shape, y.shape))
    del shape[axis]
    place = "" if axis == rank - 1 else f", axis: {axis}"
    return Call(shape, [x, y], f"{name}({{0}}, {{1}}{place})", lambda a, b: INNER[name](a, b, axis - rank), name)


@operation(SOME_AXIS, weight=3)
def matmul(draw, x):
    """Vectors, matrices, transposed ones, and batches of them with one another."""
    if draw.chance(0.3):
        x = transpose(draw, x)
    shape, inside = x.shape, x.shape[-1]
    kind = draw.choice(["vector", "value", "transposed", "itself", "batch"])
    if kind == "vector":
        y = draw.parameter([inside])
    elif kind == "value":
        fitting = draw.fitting(lambda s: s and (s[-2] if len(s) > 1 else s[0]) == inside)
        y = draw.choice(fitting) if fitting else draw.parameter([inside, draw.choice([1, 2, 3, 5, 17])])
    elif kind == "transposed":
        w = draw.parameter([draw.choice([1, 2, 3, 7, 13]), inside])
        y = Call(w.shape[::-1], [w], "transpose({0})", lambda t: t.T, "transpose")
    elif kind == "itself" and len(shape) > 1:
        axes = [*range(len(shape) - 2), len(shape) - 1, len(shape) - 2]
        y = Call([shape[i] for i in axes], [x], f"transpose({{0}}, axes: {listed(axes)})", lambda t: t.permute(axes), "transpose")
    else:
        leading = draw.choice([(), shape[:-2], (1,) if len(shape) > 2 else ()])
        y = draw.parameter([*leading, inside, draw.choice([1, 2, 5, 13])])
    try:
        result = numpy.matmul(numpy.broadcast_to(0, shape), numpy.broadcast_to(0, y.shape)).shape
    except ValueError:
        raise Rejected from None
    require(elements(result) * inside < 2e6)
    return Call(result, [x, y], "({0} @ {1})", torch.matmul, "@")


@operation(VECTOR)
def outer(draw, x):
    y = draw.value(VECTOR)
    return Call([x.shape[0], y.shape[0]], [x, y], "outer({0}, {1})", torch.outer, "outer")


# Layers

def layer(draw, shape, operands, function, arguments, compute, parameters, **rest):
    """A call with parameters, which now and then has a name of its own."""
    names = ", ".join(f"{{{i}}}" for i in range(len(operands)))
    call = Call(shape, operands, f"{function}({names}{arguments})", compute, function, counter=function, parameters=parameters, **rest)
    if draw.chance(0.2):
        call.prefix, call.is_named = draw.fresh("own"), True
        call.spelling = f'{call.spelling[:-1]}, name: "{call.prefix}")'
    return call


def weights(shape, inputs, bias=None):
    """A weight of the usual size, and a bias of so many places."""
    found = {"weight": Tensor(tuple(shape), 1 / math.sqrt(inputs))}
    return found | ({"bias": Tensor((bias,), 0.3)} if bias else {})


@operation(SOME_AXIS, weight=2)
def dense(draw, x):
    units, inputs, has_bias = draw.choice([1, 2, 3, 5, 7, 13, 17, 33, 65]), x.shape[-1], draw.chance(0.7)
    return layer(draw, [*x.shape[:-1], units], [x], "dense", f", {units}{'' if has_bias else ', bias: false'}",
                 lambda t, weight, bias=None: F.linear(t, weight, bias), weights((units, inputs), inputs, has_bias and units))


@operation(SOME_AXIS)
def maxout(draw, x):
    units, pieces, inputs, has_bias = draw.choice([1, 2, 3, 5]), draw.between(1, 3), x.shape[-1], draw.chance(0.7)
    rows = units * pieces
    return layer(draw, [*x.shape[:-1], units], [x], "maxout", f", {units}, pieces: {pieces}{'' if has_bias else ', bias: false'}",
                 lambda t, weight, bias=None: F.linear(t, weight, bias).unflatten(-1, (units, pieces)).amax(-1),
                 weights((rows, inputs), inputs, has_bias and rows))


def same_padding(extent, reach, stride):
    whole = max((math.ceil(extent / stride) - 1) * stride + reach - extent, 0)
    return whole // 2, whole - whole // 2


@operation(IMAGE, weight=4)
def conv(draw, x):
    channels, *extents = x.shape
    kernel, stride, dilation = draw.size([1, 1, 2, 3, 3, 3, 5, 7]), draw.size([1, 1, 1, 2, 3]), draw.size([1, 1, 1, 2, 3])
    groups, has_bias = draw.divisor(channels) if draw.chance(0.4) else 1, draw.chance(0.7)
    count = groups * draw.between(1, 3) if groups > 1 else draw.choice([1, 2, 3, 5, 16, 17])
    reach = [(k - 1) * d + 1 for k, d in zip(pair(kernel), pair(dilation))]
    if draw.chance(0.3):
        written = "same"
        sides = [same_padding(*each) for each in zip(extents, reach, pair(stride))]
    else:
        written = unless(draw.size([0, 0, 1, 2, 3]), 0)
        sides = [(p, p) for p in pair(written or 0)]
    padded = [extent + sum(side) for extent, side in zip(extents, sides)]
    require(all(size >= r for size, r in zip(padded, reach)))
    shape = [count, *((size - r) // s + 1 for size, r, s in zip(padded, reach, pair(stride)))]
    text = options(kernel=kernel, stride=unless(stride, 1), pad=written, dilation=unless(dilation, 1), groups=unless(groups, 1))
    inputs = channels // groups * elements(pair(kernel))
    return layer(draw, shape, [x], "conv", f", {count}{text}{'' if has_bias else ', bias: false'}",
                 lambda t, weight, bias=None: F.conv2d(F.pad(t, (*sides[1], *sides[0]))[None], weight, bias, pair(stride), 0,
                                                       pair(dilation), groups)[0],
                 weights((count, channels // groups, *pair(kernel)), inputs, has_bias and count))


@operation(IMAGE, weight=2)
def conv_transpose(draw, x):
    channels, *extents = x.shape
    kernel, stride, dilation = draw.size([1, 2, 3, 3, 5]), draw.size([1, 1, 2, 3]), draw.size([1, 1, 1, 2])
    padding, output_pad = draw.size([0, 0, 1, 2]), draw.size([0, 0, 0, 1, 2])
    groups, has_bias = draw.divisor(channels) if draw.chance(0.3) else 1, draw.chance(0.7)
    require(all(o < s for o, s in zip(pair(output_pad), pair(stride))))
    count = groups * draw.between(1, 3)
    sizes = zip(extents, *(pair(size) for size in (kernel, stride, padding, dilation, output_pad)))
    shape = [count, *((extent - 1) * s - 2 * p + (k - 1) * d + 1 + o for extent, k, s, p, d, o in sizes)]
    require(min(shape) > 0)
    text = options(kernel=kernel, stride=unless(stride, 1), pad=unless(padding, 0), output_pad=unless(output_pad, 0),
                   dilation=unless(dilation, 1), groups=unless(groups, 1))
    inputs = channels // groups * elements(pair(kernel))
    return layer(draw, shape, [x], "conv_transpose", f", {count}{text}{'' if has_bias else ', bias: false'}",
                 lambda t, weight, bias=None: F.conv_transpose2d(t[None], weight, bias, pair(stride), pair(padding), pair(output_pad),
                                                                 groups, pair(dilation))[0],
                 weights((channels, count // groups, *pair(kernel)), inputs, has_bias and count))


def windows(x, size, stride, padding, fill):
    x = F.pad(x, (padding[1], padding[1], padding[0], padding[0]), value=fill)
    return x.unfold(1, size[0], stride[0]).unfold(2, size[1], stride[1])


POOLS = {
    "maxpool": lambda *a: windows(*a, -math.inf).amax((-1, -2)),  # equal elements share the gradient, unlike those of F.max_pool2d
    "avgpool": lambda *a: windows(*a, 0.0).mean((-1, -2)),
}


@operation(IMAGE, weight=3)
def pool(draw, x):
    channels, *extents = x.shape
    size, name = draw.size([1, 2, 2, 3, 3, 4, 5, 7]), draw.choice(list(POOLS))
    stride, padding = draw.size([1, 1, 2, 3, 6]) if draw.chance(0.6) else None, draw.size([0, 0, 1, 2])
    steps = pair(stride or size)
    padded = [extent + 2 * p for extent, p in zip(extents, pair(padding))]
    require(all(2 * p <= s for p, s in zip(pair(padding), pair(size))) and all(e >= s for e, s in zip(padded, pair(size))))
    shape = [channels, *((e - s) // step + 1 for e, s, step in zip(padded, pair(size), steps))]
    x = with_equals(draw, x) if name == "maxpool" else x
    text = f"{name}({{0}}, {listed(size)}{options(stride=stride, pad=unless(padding, 0))})"
    return Call(shape, [x], text, lambda t: POOLS[name](t, pair(size), steps, pair(padding)), name)


@operation(IMAGE)
def global_pool(draw, x):
    name, reduce = draw.choice([("global_maxpool", torch.amax), ("global_avgpool", torch.mean)])
    x = with_equals(draw, x) if reduce is torch.amax else x
    return Call(x.shape[:1], [x], f"{name}({{0}})", lambda t: reduce(t, (-1, -2)), name)


@operation(IMAGE)
def upsample(draw, x):
    scale = draw.size([1, 2, 3])
    (channels, height, width), (down, across) = x.shape, pair(scale)
    return Call([channels, height * down, width * across], [x], f"upsample({{0}}, {listed(scale)})",
                lambda t: t.repeat_interleave(down, 1).repeat_interleave(across, 2), "upsample")


# Normalisation

def scale_and_shift(extent):
    return {"scale": Tensor((extent,), 0.5, 1), "bias": Tensor((extent,), 0.3)}


@operation(SOME_AXIS)
def batchnorm(draw, x):
    require(draw.model.count * elements(x.shape[1:]) >= 3 and not draw.model.has("gradient"))
    channels, momentum, epsilon = x.shape[0], draw.choice([0.1, 0.25]), draw.choice([1e-5, 0.01])

    def compute(batch, is_training, scale, bias, mean, variance):
        given = (None, None) if is_training else (mean, variance)
        return list(F.batch_norm(torch.stack(batch), *given, scale, bias, is_training, 0.0, epsilon))

    text = options(momentum=unless(momentum, 0.1), epsilon=unless(epsilon, 1e-5))
    statistics = {"mean": Tensor((channels,), 0.3), "variance": Tensor((channels,), 0.5, 1, is_positive=True)}
    call = layer(draw, x.shape, [x], "batchnorm", text, compute, scale_and_shift(channels), statistics=statistics)
    call.is_whole_batch = True
    return call


@operation(SOME_AXIS)
def layernorm(draw, x):
    extent, epsilon = x.shape[-1], draw.choice([1e-5, 0.01])
    return layer(draw, x.shape, [x], "layernorm", options(epsilon=unless(epsilon, 1e-5)),
                 lambda t, scale, bias: F.layer_norm(t, (extent,), scale, bias, epsilon), scale_and_shift(extent))


@operation(SOME_AXIS)
def groupnorm(draw, x):
    channels, epsilon = x.shape[0], draw.choice([1e-5, 0.01])
    groups = draw.divisor(channels)

    def compute(t, scale, bias):
        # F.group_norm takes no group of one element.
        parts = t.reshape(groups, -1)
        centred = parts - parts.mean(-1, keepdim=True)
        normal = (centred / torch.sqrt((centred**2).mean(-1, keepdim=True) + epsilon)).reshape(channels, -1)
        return (normal * scale[:, None] + bias[:, None]).reshape(t.shape)

    return layer(draw, x.shape, [x], "groupnorm", f", {groups}{options(epsilon=unless(epsilon, 1e-5))}", compute, scale_and_shift(channels))


@operation(SOME_AXIS)
def lrn(draw, x):
    size, alpha, beta, k = draw.choice([1, 2, 3, 4, 5, 9]), draw.choice([0.5, 0.1, 1e-4]), draw.choice([0.75, 0.5, 1.0]), draw.between(1, 2)

    def compute(t):
        before, channels = size // 2, t.shape[0]
        flat = F.pad((t * t).reshape(channels, -1), (0, 0, before, size - 1 - before))
        return t / (k + alpha * sum(flat[i:i + channels] for i in range(size)).reshape(t.shape)) ** beta

    return Call(x.shape, [x], f"lrn({{0}}, {size}, alpha: {alpha}, beta: {beta}, k: {k})", compute, "lrn")


# Sequences

@operation(SEQUENCE)
def attention(draw, x):
    (length, width), causal = x.shape, draw.chance(0.5)
    heads = draw.divisor(width)

    def compute(t, weight, bias, out_weight, out_bias):
        query, key, value = (part.reshape(length, heads, -1).transpose(0, 1) for part in F.linear(t, weight, bias).chunk(3, -1))
        scores = query @ key.transpose(1, 2) / math.sqrt(width // heads)
        if causal:
            scores = scores.masked_fill(torch.ones(length, length, dtype=torch.bool).triu(1), -math.inf)
        return F.linear((torch.softmax(scores, -1) @ value).transpose(0, 1).reshape(length, width), out_weight, out_bias)

    out = weights((width, width), width, width)
    parameters = weights((3 * width, width), width, 3 * width) | {f"out_{role}": tensor for role, tensor in out.items()}
    return layer(draw, x.shape, [x], "attention", f", heads: {heads}{', causal: true' if causal else ''}", compute, parameters)


def rnn_step(x, h, c, w):
    return torch.tanh(x @ w["weight_input"].T + h @ w["weight_hidden"].T + w["bias"]), c


def lstm_step(x, h, c, w):
    i, f, g, o = (x @ w["weight_input"].T + h @ w["weight_hidden"].T + w["bias"]).chunk(4)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def gru_step(x, h, c, w):
    (rx, zx, nx), (rh, zh, nh) = (x @ w["weight_input"].T + w["bias"]).chunk(3), (h @ w["weight_hidden"].T).chunk(3)
    z = torch.sigmoid(zx + zh)
    return (1 - z) * torch.tanh(nx + torch.sigmoid(rx + rh) * nh) + z * h, c


CELLS = {"rnn": (rnn_step, 1), "lstm": (lstm_step, 4), "gru": (gru_step, 3)}  # and how many gates


def cell_weights(gates, inputs, units):
    return {
        "weight_input": Tensor((gates * units, inputs), 1 / math.sqrt(inputs)),
        "weight_hidden": Tensor((gates * units, units), 1 / math.sqrt(units)),
        "bias": Tensor((gates * units,), 0.3),
    }


@operation(SEQUENCE, weight=2)
def recurrent(draw, x):
    (length, inputs), units, name = x.shape, draw.choice([1, 2, 3, 5, 7, 16, 17]), draw.choice(list(CELLS))
    step, gates = CELLS[name]

    def compute(t, **w):
        h = c = t.new_zeros(units)
        hidden = []
        for each in t:
            h, c = step(each, h, c, w)
            hidden.append(h)
        return torch.stack(hidden)

    return layer(draw, [length, units], [x], name, f", {units}", compute, cell_weights(gates, inputs, units))


@operation(VECTOR)
def cell(draw, x):
    h, name = draw.value(VECTOR), draw.choice(["rnn", "gru"])
    (units,), (step, gates) = h.shape, CELLS[name]
    require(units <= 33)
    return layer(draw, [units], [x, h], f"{name}_cell", f", {units}", lambda t, before, **w: step(t, before, None, w)[0],
                 cell_weights(gates, x.shape[0], units))


@operation(VECTOR)
def lstm_cell(draw, x):
    """Of which both results are used."""
    h, (hidden, carried) = draw.value(VECTOR), (draw.fresh("h"), draw.fresh("c"))
    units, = h.shape
    require(units <= 33)
    c = draw.parameter([units])
    return Call([2 * units], [x, h, c], f"concat({hidden}, {carried}, axis: 0)",
                lambda t, before, memory, **w: torch.cat(lstm_step(t, before, memory, w)), "lstm_cell", counter="lstm_cell",
                parameters=cell_weights(4, x.shape[0], units), preamble=f"({hidden}, {carried}) = lstm_cell({{0}}, {{1}}, {{2}}, {units})")


@operation()
def embedding(draw, _):
    classes, width = draw.choice([1, 2, 3, 7, 13]), draw.choice([1, 2, 3, 7, 17])
    c = draw.class_input(draw.choice([[], [draw.choice([1, 2, 5, 13])], [2, 3]]), classes)
    return layer(draw, [*c.shape, width], [c], "embedding", f", {width}", lambda t, weight: F.embedding(t, weight),
                 {"weight": Tensor((c.classes, width))})


@operation()
def one_hot(draw, _):
    c = draw.class_input(draw.choice([[], [3]]), draw.choice([1, 2, 3, 7]))
    more = draw.choice([0, 0, 2])
    text = f"one_hot({{0}}{options(classes=c.classes + more if more else None)})"
    return Call([*c.shape, c.classes + more], [c], text, lambda t: F.one_hot(t, c.classes + more).to(torch.get_default_dtype()), "one_hot")


# What the language has beside functions

LOOPS = {
    "tanh({h} * 0.9 + {z})": lambda h, z, first: torch.tanh(h * 0.9 + z),
    "{h} * sigmoid({z}) + {z} * {x}[0]": lambda h, z, first: h * torch.sigmoid(z) + z * first,
    "max({h}, {z}) + 0.1 * {z} * {h}": lambda h, z, first: torch.maximum(h, z) + 0.1 * z * h,
}


@operation(SEQUENCE)
def loop(draw, x):
    (length, width), h = x.shape, draw.fresh("h")
    require(length <= 13)
    is_backward, (turn, step) = draw.chance(0.5), draw.choice(list(LOOPS.items()))

    def compute(t):
        h, hidden = t.new_zeros(width), []
        for z in t.flip(0) if is_backward else t:
            h = step(h, z, t[0])
            hidden.append(h)
        return torch.stack(hidden)

    place = f"{length} - 1 - i" if is_backward else "i"
    text = turn.format(h=h, z=f"{{0}}[{place}]", x="{0}")
    return Call(x.shape, [x], f"for i in 0..<{length} {{{{\n  {h} = {text}\n  yield {h}\n}}}}", compute, "for",
                preamble=f"{h} = zeros([{width}])")


@operation(VECTOR)
def state(draw, x):
    """What the last example of the same place in a batch has left behind."""
    memory = draw.state(x.shape)
    call = Call(x.shape, [memory, x], "tanh(0.6 * {0} + {1} + 0.2)", lambda s, t: torch.tanh(0.6 * s + t + 0.2), "state")
    call.following = memory.name
    return call


@operation(SOME_AXIS)
def block(draw, x):
    """A block with a parameter of its own and a layer."""
    extent = x.shape[-1]
    declaration = "block gate(x) {\n  param s: [size(x, -1)] = ones\n  return x + s * tanh(dense(x, size(x, -1)))\n}"
    return Call(x.shape, [x], "gate({0})", lambda t, weight, bias, s: t + torch.tanh(F.linear(t, weight, bias)) * s, "block",
                counter="dense", parameters=weights((extent, extent), extent, extent), declaration=declaration,
                others={"s": ("gate", "s", Tensor((extent,)))})


@operation(SOME_AXIS)
def shared_layer(draw, x):
    """A named layer, or a pipe of two, used several times."""
    extent, name, is_pipe, uses = x.shape[-1], draw.fresh("L"), draw.chance(0.5), draw.between(1, 3)
    require(extent <= 33)
    after = torch.tanh if is_pipe else lambda t: t

    def compute(t, weight, bias):
        y = t
        for _ in range(uses):
            y = after(F.linear(y, weight, bias))
        return y + after(F.linear(t.abs(), weight, bias))

    text = f"({name}(" * uses + "{0}" + "))" * uses
    call = Call(x.shape, [x], f"({text} + {name}(abs({{0}})))", compute, "layer", parameters=weights((extent, extent), extent, extent),
                declaration=f"layer {name} = dense({extent}){' |> tanh' if is_pipe else ''}")
    call.prefix, call.is_named = name + (".dense1" if is_pipe else ""), True
    return call


RANDOM = ["dropout({0}, 0)", "survive({0}, 1)", "noise({0}, 0)", "({0} + 0 * random_normal([1]))", "({0} + floor(random_uniform([1])))"]


@operation(SOME_AXIS)
def random_draws(draw, x):
    """Numbers are not those of PyTorch, but what draws them may as well change nothing."""
    return Call(x.shape, [x], draw.choice(RANDOM), lambda t: t + 0, "random")


ENERGIES = {
    "sum({0})": torch.sum,
    "mean(square({0}))": lambda t: (t * t).mean(),
    "logsumexp({0})": lambda t: t.flatten().logsumexp(0),
    "sum({0}^3)": lambda t: (t**3).sum(),
    "sum(tanh({0}) * sin({0}))": lambda t: (torch.tanh(t) * torch.sin(t)).sum(),
    "norm({0} + 1)": lambda t: torch.linalg.vector_norm(t + 1),
}


@operation(weight=3)
def gradient(draw, x):
    """The derivative of a number by a value, which is then used and derived again."""
    require(isinstance(x, Name) and not draw.model.has("batchnorm"))
    later = [y for y in draw.depending_on(x) if x.kind == "input" or draw.reads_apart(y, x)]
    y = draw.choice(later) if later and draw.chance(0.8) else x
    text, energy = draw.choice(list(ENERGIES.items()))

    def compute(value, by):
        number = energy(value)
        require(by.requires_grad and number.requires_grad)
        found, = torch.autograd.grad(number, by, create_graph=True, allow_unused=True)
        require(found is not None)
        return found

    return Call(x.shape, [y, x], f"gradient({text}, {{1}})", compute, "gradient")
