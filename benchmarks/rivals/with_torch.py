"""PyTorch as most people run it: eager, with its fused optimizers."""
import contest

workload, threads, _ = contest.enter()
import torch  # noqa: E402
from torch import nn  # noqa: E402

torch.set_num_threads(threads)
ACTIVATIONS = {"tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "relu": nn.ReLU}
OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=workload.rate, fused=True),
    "momentum": lambda p: torch.optim.SGD(p, lr=workload.rate, momentum=contest.MOMENTUM, fused=True),
    "adam": lambda p: torch.optim.Adam(p, lr=workload.rate, fused=True),
}

layers = []
for weight, bias in contest.weights(workload):
    dense = nn.Linear(weight.shape[1], weight.shape[0])
    dense.weight.data, dense.bias.data = torch.from_numpy(weight), torch.from_numpy(bias)
    layers += [dense, ACTIVATIONS[workload.activation]()]
net = nn.Sequential(*layers[:-1])
x, t = map(torch.from_numpy, contest.batch(workload))
is_binary = workload.loss == "binary cross entropy"
criterion = nn.BCEWithLogitsLoss() if is_binary else nn.CrossEntropyLoss()
t = t if is_binary else t.long()
optimizer = OPTIMIZERS[workload.optimizer](net.parameters())


def step():
    optimizer.zero_grad(set_to_none=True)
    criterion(net(x), t).backward()
    optimizer.step()


@torch.inference_mode()
def infer():
    net(x)


with torch.inference_mode():
    loss = float(criterion(net(x), t))
contest.compete(step if workload.is_training else infer, loss=loss)
