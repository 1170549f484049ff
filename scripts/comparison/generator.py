"""Random models from seeds."""
import itertools
import math
import random

import numpy

from .losses import LOSSES, penalty
from .model import Model, Name, Rejected, Statement, elements
from .operations import ANY, IMAGE, OPERATIONS, SEQUENCE, SOME_AXIS, VECTOR, Call, broadcast, reduction, unary
from .reference import Evaluation

EXTENTS = [1, 2, 3, 5, 7, 13, 17, 31, 33, 65]  # around the widths of vectors and the sizes of blocks
EXAMPLES = {"small": [1, 1, 2, 3, 3, 5, 7, 8, 9], "large": [1, 3, 7, 9, 16, 33]}
ELEMENTS = {"small": [60, 300, 1000], "large": [3000, 6000]}
MODERATE = 30  # values beyond it are of no use: what follows from them is rounding
WANTED = {
    ANY: lambda shape: True,
    SOME_AXIS: lambda shape: len(shape) > 0,
    VECTOR: lambda shape: len(shape) == 1,
    SEQUENCE: lambda shape: len(shape) == 2 and shape[0] <= 33 and shape[1] <= 65,
    IMAGE: lambda shape: len(shape) == 3 and shape[1] * shape[2] >= 2,
}


class Draw:
    """What operations draw from: chance, the values there are so far, and new inputs and parameters."""

    def __init__(self, seed, size):
        self.random = random.Random(f"{size} {seed}")
        self.most = self.random.choice(ELEMENTS[size])
        self.model = Model(seed, self.random.choice(EXAMPLES[size]))
        self.values = []
        self._numbers = itertools.count(1)

    # Chance

    def choice(self, among):
        return self.random.choice(list(among))

    def choices(self, weights):
        return self.random.choices(list(weights), weights.values())[0]

    def chance(self, part):
        return self.random.random() < part

    def between(self, low, high):
        return self.random.randint(low, high)

    def sample(self, among, count):
        return self.random.sample(list(among), count)

    def shuffled(self, among):
        return self.sample(among, len(among))

    def size(self, among):
        """For both directions, or one for each."""
        first = self.choice(among)
        return first if self.chance(0.6) else [first, self.choice(among)]

    def divisor(self, number):
        return self.choice(d for d in range(1, number + 1) if number % d == 0)

    def axis(self, x):
        return self.between(0, len(x.shape) - 1)

    def shape(self, rank=None):
        rank = rank or self.choice([1, 1, 2, 2, 3, 3, 4])
        while True:
            shape = tuple(self.choice(EXTENTS) for _ in range(rank))
            if elements(shape) <= self.most:
                return shape

    # Values

    def fresh(self, prefix):
        return f"{prefix}{next(self._numbers)}"

    def _declare(self, prefix, shape, kind, classes=None):
        name = Name(self.fresh(prefix), tuple(shape), kind, classes)
        self.model.names[name.name] = name
        return name

    def input(self, shape, classes=None, is_target=False):
        return self._declare("t" if is_target else "x", shape, "target" if is_target else "input", classes)

    def parameter(self, shape):
        return self._declare("p", shape, "param")

    def state(self, shape):
        return self._declare("s", shape, "state")

    def class_input(self, shape, classes):
        """One that there is, or another."""
        there = [name for name in self.model.of_kind("input") if name.classes]
        return self.choice(there) if there and self.chance(0.5) else self.input(shape, classes)

    def fitting(self, predicate):
        return [value for value in self.values if predicate(value.shape)]

    def value(self, wanted):
        """Of the shape that an operation wants: mostly a late one, or a new input."""
        fitting = self.fitting(WANTED[wanted])
        if fitting and self.chance(0.85):
            late = len(fitting) - 1 - int(self.random.expovariate(0.5))
            return fitting[max(late, 0)] if self.chance(0.7) else self.choice(fitting)
        if wanted == IMAGE:
            large = self.fitting(lambda shape: elements(shape) >= 8)
            if large and self.chance(0.5):
                return self._as_image(self.choice(large))
            while True:
                shape = self.choice([1, 2, 3, 4, 5, 6, 16, 17]), self.choice([1, 3, 5, 7, 13, 17]), self.choice([2, 3, 5, 7, 13, 17, 31])
                if elements(shape) <= max(self.most, 300):
                    break
        elif wanted == SEQUENCE:
            shape = self.choice([1, 2, 3, 5, 7, 13]), self.choice([1, 2, 3, 6, 7, 12])
        else:
            shape = self.shape(1 if wanted == VECTOR else None)
        value = self.input(shape)
        self.values.append(value)
        return value

    def _as_image(self, x):
        channels = self.choice(d for d in range(1, 17) if elements(x.shape) % d == 0)
        pixels = elements(x.shape) // channels
        height = self.divisor(pixels)
        shape = (channels, height, pixels // height)
        return Call(shape, [x], f"reshape({{0}}, {list(shape)})", lambda t: t.reshape(shape), "reshape")

    def companion(self, x):
        """What broadcasts with x."""
        there = []
        for value in self.values:
            try:
                if elements(broadcast(value.shape, x.shape)) <= self.most * 2:
                    there.append(value)
            except ValueError:
                pass
        kinds = {"there": 55 if there else 0, "reduction": 15 if x.shape else 0, "parameter": 20, "input": 5, "unary": 5}
        kind = self.choices(kinds)
        if kind == "there":
            return self.choice(there)
        if kind == "reduction":
            return reduction(self, x, keeps=True)
        if kind == "unary":
            return unary(self, x)
        shape = [1 if self.chance(0.3) else extent for extent in x.shape][self.choice([0, 0, 0, self.between(0, len(x.shape))]):]
        return self.parameter(shape) if kind == "parameter" else self.input(shape)

    def depending_on(self, x):
        """The values that were computed from x."""
        reached = {x.name}
        for statement in self.model.statements:
            if statement.call.names() & reached:
                reached.add(statement.name)
        return [value for value in self.values if value.name in reached and value.name != x.name]

    def reads_apart(self, y, x):
        """Whether y reads nothing that x was computed from but through x.

        To nncc x may be another value by another name, where its operation changes nothing: a sum over an axis of one element, say.
        """
        calls = {statement.name: statement.call for statement in self.model.statements}

        def read(name, end):
            below = calls[name].names() - {end} if name in calls and name != end else set()
            return below.union(*(read(each, end) for each in below))

        return not read(y.name, x.name) & read(x.name, None)


def data(model):
    """The examples: an array for each input and target. Some inputs have few different numbers, and so equal ones."""
    arrays = {}
    for name in model.names.values():
        if name.kind in ("input", "target"):
            shape = (model.count, *name.shape)
            # Of a generator of its own, so that others do not change it.
            draw = numpy.random.default_rng([model.seed, *map(ord, name.name)])
            if name.classes:
                arrays[name.name] = draw.integers(0, name.classes, shape)
                continue
            is_coarse = name.kind == "input" and draw.random() < 0.2
            arrays[name.name] = numpy.round(_normal(draw, shape) * 2) / 2 if is_coarse else _normal(draw, shape)
    return arrays


def _normal(draw, shape):
    """Numbers that are the same in both precisions."""
    return numpy.asarray(draw.normal(size=shape)).astype(numpy.float32).astype(numpy.float64)


def tensors(model, drawn, salt=0):
    """Numbers for parameters or statistics, by name."""
    arrays = {}
    for name, tensor in drawn.items():
        draw = numpy.random.default_rng([model.seed, salt, *map(ord, name)])
        values = _normal(draw, tensor.shape)
        values = 0.5 + numpy.abs(values) if tensor.is_positive else values * tensor.deviation + tensor.mean
        arrays[name] = values.astype(numpy.float32).astype(numpy.float64)
    return arrays


def _add(draw, chosen):
    """One more statement, if what comes of the operation is of moderate size."""
    model = draw.model
    there = len(draw.values)
    try:
        x = draw.value(chosen.wants)
        call = chosen.make(draw, x)
        shapes = [node.shape for node in call.walk()]
        if isinstance(call, Name) or max(map(elements, shapes)) > 5 * draw.most or max(map(len, shapes)) > 6:
            raise Rejected
        statement = Statement(draw.fresh("v"), call)
        model.statements.append(statement)
        try:
            if call.following:
                model.following[call.following] = statement.name
            largest = Evaluation.of(model, data(model), _weights(model)).largest(statement.name)
            if not (math.isfinite(largest) and largest < MODERATE):
                raise Rejected
        except Rejected:
            model.statements.pop()
            model.following = {state: value for state, value in model.following.items() if value != statement.name}
            raise
    except Rejected:
        del draw.values[there:]
        return
    draw.values.append(statement.value)


def _weights(model):
    return tensors(model, model.parameters()) | tensors(model, model.statistics())


def generate(seed, size):
    """The model of a seed, with all that is drawn for it: (model, data, weights, directions)."""
    draw = Draw(seed, size)
    model = draw.model
    for _ in range(draw.between(1, 2)):
        draw.values.append(draw.input(draw.shape()))
    weights = [operation.weight for operation in OPERATIONS]
    wanted = draw.between(2, 9)
    for attempt in itertools.count():
        if len(model.statements) >= wanted or (model.statements and attempt > 60):
            break
        _add(draw, draw.random.choices(OPERATIONS, weights)[0])
    read = set().union(*(statement.call.names() for statement in model.statements))
    ends = [statement for statement in model.statements if statement.name not in read]
    if draw.chance(0.4):
        ends.append(draw.choice(model.statements))
    for end in ends:
        while True:
            try:
                model.losses.append(draw.choice(LOSSES)(draw, end.value))
                break
            except Rejected:
                pass
    if draw.chance(0.25) and any(len(tensor.shape) >= 2 for tensor in model.parameters().values()):
        model.losses.append(penalty(draw))
    model.batch = draw.between(1, 4)
    used = {name.name for name in model.used()}
    examples = {name: array for name, array in data(model).items() if name in used}
    return model, examples, _weights(model), tensors(model, model.parameters(), salt=2)
