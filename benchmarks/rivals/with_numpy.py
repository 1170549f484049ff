"""NumPy, forward and backward written by hand, into arrays that are made once. Its OpenBLAS is told to use AVX-512 where
the machine has it, which by itself it does on few."""
import os
from pathlib import Path

import contest

workload, threads, _ = contest.enter()
if "avx512f" in Path("/proc/cpuinfo").read_text():
    os.environ["OPENBLAS_CORETYPE"] = "SKYLAKEX"
import numpy as np  # noqa: E402


def sigmoid(s, out):
    np.negative(s, out=out)
    np.exp(out, out=out)
    out += 1
    return np.reciprocal(out, out=out)


ACTIVATIONS = {  # and their derivatives, by their own value
    "tanh": (np.tanh, lambda y: 1 - y * y),
    "sigmoid": (sigmoid, lambda y: y * (1 - y)),
    "relu": (lambda s, out: np.maximum(s, 0, out=out), lambda y: y > 0),
}
activation, derivative = ACTIVATIONS[workload.activation]
params = [array.copy() for pair in contest.weights(workload) for array in pair]
gradients, first, second, scratch = ([np.zeros_like(p) for p in params] for _ in range(4))
x, t = contest.batch(workload)
values = [x] + [np.empty((workload.batch, outputs), np.float32) for _, outputs in workload.layers]
upstream = [np.empty_like(value) for value in values]
rows = np.arange(workload.batch)
last = len(workload.layers) - 1


def forward():
    for i in range(last + 1):
        s = np.matmul(values[i], params[2 * i].T, out=values[i + 1])
        s += params[2 * i + 1]
        if i < last:
            activation(s, out=s)


def loss():
    """Of the scores; leaves their gradient."""
    scores, gradient = values[-1], upstream[-1]
    if workload.loss == "binary cross entropy":
        sigmoid(scores, out=gradient)
        gradient -= t
        gradient /= workload.batch
        return np.mean(np.logaddexp(0, scores) - scores * t)
    shifted = scores - scores.max(1, keepdims=True)
    np.exp(shifted, out=gradient)
    sums = gradient.sum(1, keepdims=True)
    gradient /= sums * workload.batch
    gradient[rows, t] -= np.float32(1 / workload.batch)
    return np.mean(np.log(sums[:, 0]) - shifted[rows, t])


def backward():
    for i in range(last, -1, -1):
        np.matmul(upstream[i + 1].T, values[i], out=gradients[2 * i])
        upstream[i + 1].sum(0, out=gradients[2 * i + 1])
        if i > 0:
            np.matmul(upstream[i + 1], params[2 * i], out=upstream[i])
            upstream[i] *= derivative(values[i])


def sgd(p, g, m, v, free, count):
    g *= np.float32(workload.rate)
    p -= g


def momentum(p, g, m, v, free, count):
    m *= np.float32(contest.MOMENTUM)
    m += g
    np.multiply(m, np.float32(workload.rate), out=free)
    p -= free


def adam(p, g, m, v, free, count):
    rate = workload.rate * (1 - contest.BETA2**count) ** 0.5 / (1 - contest.BETA1**count)
    m *= np.float32(contest.BETA1)
    m += np.multiply(g, np.float32(1 - contest.BETA1), out=free)
    v *= np.float32(contest.BETA2)
    g *= g
    v += np.multiply(g, np.float32(1 - contest.BETA2), out=free)
    np.sqrt(v, out=free)
    free += np.float32(contest.EPSILON)
    np.divide(m, free, out=free)
    free *= np.float32(rate)
    p -= free


update = {"sgd": sgd, "momentum": momentum, "adam": adam}[workload.optimizer]
steps = 0


def step():
    global steps
    steps += 1
    forward()
    loss()
    backward()
    for arrays in zip(params, gradients, first, second, scratch):
        update(*arrays, steps)


forward()
contest.compete(step if workload.is_training else forward, loss=float(loss()))
