"""What is timed: the models of models/, in words that the rivals' scripts understand too."""
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Workload:
    """One call of one model. `settings` are the model's lets that differ from what the file says."""

    name: str
    model: str
    widths: tuple
    batch: int
    activation: str
    loss: str = "cross entropy"
    optimizer: str = "momentum"
    rate: float = 0.01
    entry: str = "step"
    settings: tuple = ()

    @property
    def path(self):
        return HERE / "models" / f"{self.model}.nn"

    @property
    def is_training(self):
        return self.entry == "step"

    @property
    def layers(self):
        """The (inputs, outputs) of each dense layer."""
        return list(zip(self.widths, self.widths[1:]))

    @property
    def flops(self):
        """Of the products: forward, and in training each weight's gradient and each input's but the first layer's."""
        each = [2 * self.batch * inputs * outputs for inputs, outputs in self.layers]
        return 3 * sum(each) - each[0] if self.is_training else sum(each)


_MNIST = Workload("mlp_mnist", "mlp_mnist", (784, 256, 128, 10), 128, "relu")

WORKLOADS = [
    Workload("xor", "xor", (2, 8, 1), 4, "tanh", loss="binary cross entropy", optimizer="sgd", rate=0.1),
    Workload("mlp_small", "mlp_small", (64, 100, 10), 32, "sigmoid", optimizer="sgd", rate=0.1),
    _MNIST,
    replace(_MNIST, name="mlp_mnist_adam", model="mlp_mnist_adam", optimizer="adam", rate=0.001),
    replace(_MNIST, name="mlp_odd", widths=(784, 250, 127, 10), batch=100, settings=(("first", 250), ("second", 127))),
    Workload("mlp_wide", "mlp_wide", (3072, 1024, 1024, 10), 256, "relu"),
    replace(_MNIST, name="mlp_mnist, infer 1", batch=1, entry="infer"),
    replace(_MNIST, name="mlp_mnist, infer 64", batch=64, entry="infer"),
]


def workload_named(name):
    return next(w for w in WORKLOADS if w.name == name)
