"""What is timed: the models of models/, in words that the rivals' scripts understand too."""
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Workload:
    """One call of one model. `settings` are the model's lets that differ from what the file says.

    What is more than dense layers names its parameters and the shape of its input, and is compared with PyTorch only.
    """

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
    decay: float = 0
    shape: tuple = ()
    parameters: tuple = ()
    multiply_adds: int = 0

    @property
    def path(self):
        return HERE / "models" / f"{self.model}.nn"

    @property
    def is_training(self):
        return self.entry == "step"

    @property
    def is_net(self):
        return bool(self.parameters)

    @property
    def input_shape(self):
        return self.shape or self.widths[:1]

    @property
    def layers(self):
        """The (inputs, outputs) of each dense layer."""
        return list(zip(self.widths, self.widths[1:]))

    @property
    def flops(self):
        """Of the products: forward, and in training each weight's gradient and each input's but the first layer's."""
        if self.is_net:
            return 2 * self.multiply_adds
        each = [2 * self.batch * inputs * outputs for inputs, outputs in self.layers]
        return 3 * sum(each) - each[0] if self.is_training else sum(each)



def _net(name, batch, shape, parameters, multiply_adds, **more):
    """`multiply_adds` as `nncc --emit summary` counts them."""
    return Workload(name, name, (prod(shape), 10), batch, "", shape=shape, parameters=tuple(parameters), multiply_adds=multiply_adds, **more)


def _layers(*layers):
    """Each a kind with its number and the shape of its weight; biases follow, but in a net that normalises."""
    for name, shape in layers:
        yield f"{name}.weight", shape
        yield f"{name}.bias", shape[:1]


def _residual():
    """The parameters and statistics of ResNet-8."""
    convolutions = [(16, 3, 3), (16, 16, 3), (16, 16, 3), (32, 16, 3), (32, 32, 3), (32, 16, 1), (64, 32, 3), (64, 64, 3), (64, 32, 1)]
    yield from _normalized(convolutions, (16, 16, 16, 32, 32, 64, 64))
    yield from _layers(("dense1", (10, 64)))


def _mobile():
    """The parameters and statistics of the small MobileNet."""
    widths = (32, 64, 128, 128, 256)
    pairs = [((inputs, 1, 3), (channels, inputs, 1)) for inputs, channels in zip(widths, widths[1:])]
    convolutions = [(32, 3, 3), *(convolution for pair in pairs for convolution in pair)]
    yield from _normalized(convolutions, [channels for channels, _, _ in convolutions])
    yield from _layers(("dense1", (10, 256)))


def _normalized(convolutions, norms):
    """Convolutions without biases, and normalisations of so many channels."""
    for number, (channels, inputs, size) in enumerate(convolutions, 1):
        yield f"conv{number}.weight", (channels, inputs, size, size)
    for number, channels in enumerate(norms, 1):
        for role in ("scale", "bias", "mean", "variance"):
            yield f"batchnorm{number}.{role}", (channels,)


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
    _net(
        "lenet", 64, (1, 28, 28),
        _layers(
            ("conv1", (6, 1, 5, 5)), ("conv2", (16, 6, 5, 5)), ("dense1", (120, 400)), ("dense2", (84, 120)), ("dense3", (10, 84))
        ),
        87_191_040, optimizer="sgd",
    ),
    _net(
        "cnn_cifar", 64, (3, 32, 32),
        _layers(
            ("conv1", (32, 3, 3, 3)), ("conv2", (32, 32, 3, 3)), ("conv3", (64, 32, 3, 3)), ("conv4", (64, 64, 3, 3)),
            ("dense1", (256, 4096)), ("dense2", (10, 256)),
        ),
        4_844_912_640, optimizer="adam", rate=0.001,
    ),
    _net("cnn_bn", 64, (3, 32, 32), _residual(), 2_372_001_792, decay=1e-4),
    _net("cnn_mobile", 32, (3, 32, 32), _mobile(), 1_063_501_824),
    _net(
        "lstm", 32, (32, 32),
        [
            ("lstm1.weight_input", (512, 32)), ("lstm1.weight_hidden", (512, 128)), ("lstm1.bias", (512,)),
            *_layers(("dense1", (10, 128))),
        ],
        228_712_448, optimizer="adam", rate=0.001,
    ),
]


def workload_named(name):
    return next(w for w in WORKLOADS if w.name == name)
