"""Models as trees: each node knows its shape, how it is spelt in the language, and what it is in PyTorch.

Shapes are those of one example, as in the language. References compute one example at a time, so that their axes are the
language's; what looks at a whole batch says so.
"""
from dataclasses import dataclass, field
from math import prod


class Rejected(Exception):
    """What was drawn makes no model: something else is to be drawn."""


class Node:
    """Something with a value for each example: it has a `shape` and `operands`."""

    def walk(self):
        yield self
        for operand in self.operands:
            yield from operand.walk()

    def names(self):
        return {node.name for node in self.walk() if isinstance(node, Name)}


@dataclass(eq=False)
class Name(Node):
    """A value that has a name: an input, a parameter, a state or what a statement binds."""

    operands = ()
    name: str
    shape: tuple
    kind: str = "value"
    classes: int = None

    @property
    def type(self):
        """As a declaration has it."""
        if not self.classes:
            return listed(self.shape)
        return (f"{listed(self.shape)} of " if self.shape else "") + f"class({self.classes})"


@dataclass(frozen=True)
class Tensor:
    """What is drawn for a parameter or a saved statistic."""

    shape: tuple
    deviation: float = 1.0
    mean: float = 0.0
    is_positive: bool = False


@dataclass(eq=False)
class Call(Node):
    """`spelling` has a {} for each operand, and `compute` takes each operand's tensor, then the parameters by their roles. What has
    to be said in lines of their own before it is the `preamble`.

    A call with parameters is a statement of its own: `prefix` is what their names begin with, counted over the statements by `counter`.
    """

    shape: tuple
    operands: tuple
    spelling: str
    compute: object
    tag: str
    counter: str = None
    parameters: dict = field(default_factory=dict)
    statistics: dict = field(default_factory=dict)
    prefix: str = None
    is_named: bool = False  # by `name:` or as a layer, so that it is not counted
    declaration: str = None
    preamble: str = ""
    is_whole_batch: bool = False
    others: dict = field(default_factory=dict)  # parameters of other prefixes, by role: (counter, name, Tensor)
    takes_weights: bool = False  # all parameters of rank 2 or more, in place of operands
    following: str = None  # the state whose next value it is
    full_names: dict = field(default_factory=dict)  # of the parameters and statistics, by role

    def __post_init__(self):
        self.shape, self.operands = tuple(self.shape), tuple(self.operands)

    def text(self):
        return self._spelt(self.spelling)

    def lines_before(self):
        return [self._spelt(self.preamble)] if self.preamble else []

    def _spelt(self, spelling):
        return spelling.format(*(o.name if isinstance(o, Name) else o.text() for o in self.operands))


@dataclass(eq=False)
class Statement:
    name: str
    call: Node

    @property
    def value(self):
        return Name(self.name, self.call.shape)


@dataclass(eq=False)
class Model:
    seed: int
    count: int  # of examples
    names: dict = field(default_factory=dict)  # inputs, targets, params and states by name
    statements: list = field(default_factory=list)
    following: dict = field(default_factory=dict)  # of a state, the name of its next value
    losses: list = field(default_factory=list)
    batch: int = None

    def used(self):
        """The declared names that something reads."""
        read = set(self.following) | set(self.following.values())
        for call in [statement.call for statement in self.statements] + self.losses:
            read |= call.names()
        return [name for name in self.names.values() if name.name in read]

    def of_kind(self, *kinds):
        return [name for name in self.used() if name.kind in kinds]

    def calls(self):
        for call in [statement.call for statement in self.statements] + self.losses:
            yield from (node for node in call.walk() if isinstance(node, Call))

    def has(self, tag):
        return any(call.tag == tag for call in self.calls())

    def count_layers(self):
        """Gives each layer the name that its parameters have in the language: counted by function, in the order of the text."""
        counts = {}

        def next_of(counter):
            counts[counter] = counts.get(counter, 0) + 1
            return f"{counter}{counts[counter]}"

        for call in self.calls():
            call.full_names = {}
            if call.counter:
                number = next_of(call.counter)
                call.prefix = call.prefix if call.is_named else number
            for role, (counter, name, _) in call.others.items():
                call.full_names[role] = f"{next_of(counter)}.{name}"
            for role in [*call.parameters, *call.statistics]:
                call.full_names[role] = f"{call.prefix}.{role}"

    def _tensors(self, kind):
        self.count_layers()
        found = {}
        for call in self.calls():
            own = call.parameters if kind == "parameters" else call.statistics
            found.update({call.full_names[role]: tensor for role, tensor in own.items()})
            if kind == "parameters":
                found.update({call.full_names[role]: tensor for role, (_, _, tensor) in call.others.items()})
        return found

    def parameters(self):
        """Everything that is trained, by its full name."""
        return {name.name: Tensor(name.shape) for name in self.of_kind("param")} | self._tensors("parameters")

    def statistics(self):
        return self._tensors("statistics")

    def text(self, has_losses=True):
        self.count_layers()
        lines = ["model compared", ""]
        for name in self.used():
            if name.kind == "param":
                lines.append(f"param {name.name}: {listed(name.shape)} = normal(1)")
            elif name.kind == "state":
                lines.append(f"state {name.name}: {listed(name.shape)} = zeros")
            else:
                lines.append(f"{name.kind} {name.name}: {name.type}")
        lines += dict.fromkeys(call.declaration for call in self.calls() if call.declaration)
        for statement in self.statements:
            lines += statement.call.lines_before()
            lines.append(f"{statement.name} = {statement.call.text()}")
        lines += [f"next {state} = {value}" for state, value in self.following.items()]
        if has_losses:
            lines += [f"loss l{index} = {loss.text()}" for index, loss in enumerate(self.losses, 1)]
        lines += [f"output o_{statement.name} = {statement.name}" for statement in self.statements]
        lines += [f"train {{ batch {self.batch} }}"] if self.batch else []
        return "\n".join(lines) + "\n"


def listed(numbers):
    """A number or a list of them, as the language writes it."""
    return "[" + ", ".join(map(str, numbers)) + "]" if isinstance(numbers, (list, tuple)) else str(numbers)


def elements(shape):
    return prod(shape)
