"""PyTorch on nets of more than dense layers: eager, eager with channels last, with loss and gradients compiled, or with the whole step compiled, channels
last where there are any."""
import contest

workload, threads, mode = contest.enter("eager", "channels_last", "compiled", "whole")
import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

torch.set_num_threads(threads)


class Residual(nn.Module):
    """ResNet-8; the order of its layers is that of nncc's names."""

    def __init__(self):
        super().__init__()
        sizes = [(3, 16, 1), (16, 16, 1), (16, 16, 1), (16, 32, 2), (32, 32, 1), (32, 64, 2), (64, 64, 1)]
        self.convolutions = nn.ModuleList(nn.Conv2d(i, o, 3, s, 1, bias=False) for i, o, s in sizes)
        self.norms = nn.ModuleList(nn.BatchNorm2d(o) for _, o, _ in sizes)
        self.fits = nn.ModuleList(nn.Conv2d(i, o, 1, 2, bias=False) for i, o in ((16, 32), (32, 64)))
        self.dense = nn.Linear(64, 10)

    def forward(self, x):
        def normal(index, x):
            return self.norms[index](self.convolutions[index](x))

        x = F.relu(normal(0, x))
        for stage in range(3):
            y = normal(2 * stage + 2, F.relu(normal(2 * stage + 1, x)))
            x = F.relu(y + (self.fits[stage - 1](x) if stage else x))
        return self.dense(x.mean((2, 3)))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.dense = nn.LSTM(32, 128, batch_first=True), nn.Linear(128, 10)

    def forward(self, x):
        return self.dense(self.lstm(x)[1][0][0])


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    )


def cnn_cifar():
    def pair(inputs, channels):
        convolutions = nn.Conv2d(inputs, channels, 3, padding=1), nn.Conv2d(channels, channels, 3, padding=1)
        return [convolutions[0], nn.ReLU(), convolutions[1], nn.ReLU(), nn.MaxPool2d(2)]

    return nn.Sequential(*pair(3, 32), *pair(32, 64), nn.Flatten(), nn.Linear(4096, 256), nn.ReLU(), nn.Linear(256, 10))


def cnn_mobile():
    def normal(inputs, outputs, size, stride=1, groups=1):
        return [nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]

    def separable(inputs, outputs, stride):
        return normal(inputs, inputs, 3, stride, inputs) + normal(inputs, outputs, 1)

    return nn.Sequential(
        *normal(3, 32, 3), *separable(32, 64, 1), *separable(64, 128, 2), *separable(128, 128, 1), *separable(128, 256, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, 10),
    )


NORMALIZATION = {"scale": "weight", "bias": "bias", "mean": "running_mean", "variance": "running_var"}


def target(net, name):
    """The tensor of the net that nncc calls by a name."""
    kind, role = name.split(".")
    number = int(kind.lstrip("abcdefghijklmnopqrstuvwxyz")) - 1
    if isinstance(net, Recurrent):
        layers = {"weight_input": net.lstm.weight_ih_l0, "weight_hidden": net.lstm.weight_hh_l0, "bias": net.lstm.bias_ih_l0}
        return layers[role] if kind.startswith("lstm") else getattr(net.dense, role)
    if isinstance(net, Residual):
        if kind.startswith("batchnorm"):
            return getattr(net.norms[number], NORMALIZATION[role])
        # A convolution that fits comes after the two of its stage.
        order = [*net.convolutions[:5], net.fits[0], *net.convolutions[5:], net.fits[1]]
        return getattr(order[number] if kind.startswith("conv") else net.dense, role)
    sort = nn.BatchNorm2d if kind.startswith("batchnorm") else nn.Conv2d if kind.startswith("conv") else nn.Linear
    layers = [layer for layer in net if isinstance(layer, sort)]
    return getattr(layers[number], NORMALIZATION[role] if sort is nn.BatchNorm2d else role)


net = {"lenet": lenet, "cnn_cifar": cnn_cifar, "cnn_bn": Residual, "cnn_mobile": cnn_mobile, "lstm": Recurrent}[workload.name]()
with torch.no_grad():
    if isinstance(net, Recurrent):
        net.lstm.bias_hh_l0.zero_()
    for name, values in contest.named_weights(workload).items():
        target(net, name).copy_(torch.from_numpy(values))
x, t = map(torch.from_numpy, contest.batch(workload))
t = t.long()
has_channels = len(workload.shape) == 3
if mode == "channels_last" and not has_channels:
    raise SystemExit("has no channels")
if mode in ("channels_last", "whole") and has_channels:
    net, x = net.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
optimizer = {
    "sgd": lambda p: torch.optim.SGD(p, lr=workload.rate, weight_decay=workload.decay, fused=True),
    "momentum": lambda p: torch.optim.SGD(p, lr=workload.rate, momentum=contest.MOMENTUM, weight_decay=workload.decay, fused=True),
    "adam": lambda p: torch.optim.Adam(p, lr=workload.rate, fused=True),
}[workload.optimizer](net.parameters())


def forward(x, t):
    return F.cross_entropy(net(x), t)


net.eval()
with torch.inference_mode():
    loss = float(forward(x, t))
net.train()
if mode == "compiled":
    forward = torch.compile(forward)


def step():
    optimizer.zero_grad(set_to_none=True)
    forward(x, t).backward()
    optimizer.step()


parameters = list(net.parameters())
first, second = ([torch.zeros_like(p) for p in parameters] for _ in range(2))
steps = torch.zeros(())


def whole_step(x, t):
    """The same step written out, since no optimizer object can be part of a graph."""
    gradients = torch.autograd.grad(forward(x, t), parameters)
    with torch.no_grad():
        steps.add_(1)
        for p, g, m, v in zip(parameters, gradients, first, second):
            g = g + workload.decay * p if workload.decay else g
            if workload.optimizer == "adam":
                m.lerp_(g, 1 - contest.BETA1)
                v.mul_(contest.BETA2).addcmul_(g, g, value=1 - contest.BETA2)
                scale = (1 - contest.BETA2**steps).sqrt()
                p.sub_(workload.rate / (1 - contest.BETA1**steps) * m / (v.sqrt() / scale + contest.EPSILON))
            elif workload.optimizer == "momentum":
                p.sub_(workload.rate * m.mul_(contest.MOMENTUM).add_(g))
            else:
                p.sub_(workload.rate * g)


if mode == "whole":
    torch._dynamo.config.trace_autograd_ops = True  # gradients within what is compiled
    compiled = torch.compile(whole_step, fullgraph=True)
    contest.compete(lambda: compiled(x, t), loss=loss)
else:
    contest.compete(step, loss=loss)
