"""Derivatives of the Python module of derivatives.nn, in double precision, against differences of its losses and gradients."""

import numpy as np

import derivatives

numbers = np.random.default_rng(3)
x, kind, t = numbers.normal(size=(5, 3)), numbers.integers(0, 4, 5), numbers.normal(size=(5, 2))
model = derivatives.Model(seed=2)
start = model.params.copy()
direction = {name: numbers.normal(size=tensor.shape) for name, tensor in model.tensors().items()}
flat = np.concatenate([direction[tensor.name].ravel() for tensor in derivatives.TENSORS if tensor.kind == "parameter"])
STEP = 1e-5


def moved(by, work):
    model.params[:] = start + by * flat
    result = work()
    model.params[:] = start
    return result


def close(found, expected, what):
    assert np.allclose(found, expected, rtol=1e-6, atol=1e-8), f"{what}: {found}, not {expected}"


loss, gradients = model.grad(x, kind, t)
again, same, by_port = model.grad_inputs(x, kind, t)
assert again == loss and all((same[name] == gradients[name]).all() for name in gradients)
assert list(by_port) == ["x"]
change = numbers.normal(size=x.shape)
losses = [model.grad(x + sign * STEP * change, kind, t)[0] for sign in (1, -1)]
close((by_port["x"] * change).sum(), (losses[0] - losses[1]) / (2 * STEP), "x")

loss, slope = model.jvp(x, kind, t, direction)
close(slope, sum((gradients[name] * direction[name]).sum() for name in gradients), "jvp")
loss, product = model.hvp(x, kind, t, direction)
ahead, behind = (moved(sign * STEP, lambda: model.grad(x, kind, t)[1]) for sign in (1, -1))
for name in product:
    close(product[name], (ahead[name] - behind[name]) / (2 * STEP), f"hvp of {name}")

# One example may come without its axis; a direction has to be one of all parameters.
assert model.grad_inputs(x[0], kind[0], t[0])[2]["x"].shape == (3,)
try:
    model.jvp(x, kind, t, {})
except ValueError as error:
    assert "the direction of another model" in str(error), error
else:
    raise AssertionError("an empty direction is taken")
print("derivatives are those of differences")
