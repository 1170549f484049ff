"""JAX: the whole step jitted with its state donated, one step a call or (`loop`) 32 steps in one compiled loop."""
import os

import contest

workload, threads, mode = contest.enter("call", "loop")
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_cpu_prefer_vector_width=512" + (
    " --xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1" if threads == 1 else ""
)
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402

STEPS = 32
ACTIVATIONS = {"tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu}
params = [(jnp.asarray(weight.T.copy()), jnp.asarray(bias)) for weight, bias in contest.weights(workload)]
x, t = map(jnp.asarray, contest.batch(workload))


def scores_of(params, x):
    for weight, bias in params[:-1]:
        x = ACTIVATIONS[workload.activation](x @ weight + bias)
    return x @ params[-1][0] + params[-1][1]


def loss_of(params, x, t):
    scores = scores_of(params, x)
    if workload.loss == "binary cross entropy":
        return jnp.mean(jnp.logaddexp(0, scores) - scores * t)
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(scores), t[:, None], 1))


def map_params(function, *trees):
    return jax.tree.map(function, *trees)


def step(state, x, t):
    params, first, second, count = state
    loss, gradients = jax.value_and_grad(loss_of)(params, x, t)
    rate = workload.rate
    if workload.optimizer == "adam":
        count = count + 1
        rate = rate * jnp.sqrt(1 - contest.BETA2**count) / (1 - contest.BETA1**count)
        first = map_params(lambda m, g: contest.BETA1 * m + (1 - contest.BETA1) * g, first, gradients)
        second = map_params(lambda v, g: contest.BETA2 * v + (1 - contest.BETA2) * g * g, second, gradients)
        params = map_params(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + contest.EPSILON), params, first, second)
    elif workload.optimizer == "momentum":
        first = map_params(lambda m, g: contest.MOMENTUM * m + g, first, gradients)
        params = map_params(lambda p, m: p - rate * m, params, first)
    else:
        params = map_params(lambda p, g: p - rate * g, params, gradients)
    return (params, first, second, count), loss


def loop(state, x, t):
    return jax.lax.fori_loop(0, STEPS, lambda _, carried: step(carried[0], x, t), (state, jnp.float32(0)))


def train():
    zeros = lambda wanted: map_params(jnp.zeros_like, params) if wanted else ()  # noqa: E731
    loss = float(jax.jit(loss_of)(params, x, t))
    state = (params, zeros(workload.optimizer != "sgd"), zeros(workload.optimizer == "adam"), jnp.float32(0))
    compiled = jax.jit(loop if mode == "loop" else step, donate_argnums=0)
    held = [state, None]

    def call():
        held[:] = compiled(held[0], x, t)

    contest.compete(call, lambda: held[1].block_until_ready(), loss, STEPS if mode == "loop" else 1)


def infer():
    compiled, held = jax.jit(scores_of), [None]

    def call():
        held[0] = compiled(params, x)

    contest.compete(call, lambda: held[0].block_until_ready(), float(jax.jit(loss_of)(params, x, t)))


if workload.is_training:
    train()
else:
    infer()
