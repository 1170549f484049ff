"""NumPy, forward and backward written by hand, results in place. Its OpenBLAS is told to use AVX-512 where the machine
has it, which by itself it does on few."""
import os
from pathlib import Path

import contest

workload, threads, _ = contest.enter()
if "avx512f" in Path("/proc/cpuinfo").read_text():
    os.environ.setdefault("OPENBLAS_CORETYPE", "SKYLAKEX")
import numpy as np  # noqa: E402

ACTIVATIONS = {  # and their derivatives, by their own value
    "tanh": (np.tanh, lambda y: 1 - y * y),
    "sigmoid": (lambda s: 1 / (1 + np.exp(-s)), lambda y: y * (1 - y)),
    "relu": (lambda s: np.maximum(s, 0), lambda y: y > 0),
}
activation, derivative = ACTIVATIONS[workload.activation]
params = [array.copy() for pair in contest.weights(workload) for array in pair]
x, t = contest.batch(workload)
rows = np.arange(workload.batch)


def forward():
    values = [x]
    for i in range(0, len(params), 2):
        s = values[-1] @ params[i].T
        s += params[i + 1]
        values.append(activation(s) if i < len(params) - 2 else s)
    return values


def loss_and_gradient(scores):
    """By the scores."""
    if workload.loss == "binary cross entropy":
        return np.mean(np.logaddexp(0, scores) - scores * t), (1 / (1 + np.exp(-scores)) - t) / workload.batch
    shifted = scores - scores.max(1, keepdims=True)
    exponentials = np.exp(shifted)
    sums = exponentials.sum(1, keepdims=True)
    gradient = exponentials / sums
    gradient[rows, t] -= 1
    gradient /= workload.batch
    return np.mean(np.log(sums[:, 0]) - shifted[rows, t]), gradient


def gradients():
    values = forward()
    loss, upstream = loss_and_gradient(values[-1])
    result = [None] * len(params)
    for i in range(len(params) - 2, -1, -2):
        result[i], result[i + 1] = upstream.T @ values[i // 2], upstream.sum(0)
        if i > 0:
            upstream = upstream @ params[i]
            upstream *= derivative(values[i // 2])
    return loss, result


class Optimizer:
    def __init__(self):
        self.first = [np.zeros_like(p) for p in params]
        self.second = [np.zeros_like(p) for p in params]
        self.count = 0

    def sgd(self, p, g, m, v):
        g *= np.float32(workload.rate)
        p -= g

    def momentum(self, p, g, m, v):
        m *= np.float32(contest.MOMENTUM)
        m += g
        p -= np.float32(workload.rate) * m

    def adam(self, p, g, m, v):
        rate = workload.rate * (1 - contest.BETA2**self.count) ** 0.5 / (1 - contest.BETA1**self.count)
        m *= np.float32(contest.BETA1)
        m += np.float32(1 - contest.BETA1) * g
        g *= g
        g *= np.float32(1 - contest.BETA2)
        v *= np.float32(contest.BETA2)
        v += g
        p -= np.float32(rate) * m / (np.sqrt(v) + np.float32(contest.EPSILON))

    def update(self, gradients):
        self.count += 1
        for arrays in zip(params, gradients, self.first, self.second):
            getattr(self, workload.optimizer)(*arrays)


optimizer = Optimizer()
loss = float(loss_and_gradient(forward()[-1])[0])
contest.compete((lambda: optimizer.update(gradients()[1])) if workload.is_training else forward, loss=loss)
