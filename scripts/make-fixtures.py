#!/usr/bin/env python3
"""Fills Tests/Fixtures/operations.json with PyTorch's losses and gradients in double precision.

The samples come from the catalogue: `RECORD=1 swift test --filter FixtureTests` writes them, then this script (pip install torch) adds
`expected` to each. A sample is computed example by example, so axes mean here what they mean in the language.

Tests/Fixtures/optimizers.json holds ten steps of each optimizer on given gradients, with PyTorch's parameters after every step;
clip.json ten steps with the norm of all gradients clipped; schedules.json the factors of PyTorch's own schedulers. directional.json holds whole
models with derivatives along a direction, and the Hessian times it.
"""
import json
import os
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures")
PATH = os.path.join(FIXTURES, "operations.json")


def axes(a, x, default=None):
    """The axes an argument names, all or the last by default."""
    if "axis" in a:
        return tuple(int(i) for i in a["axis"])
    return tuple(range(x.dim())) if default is None else (default,)


def keep(a):
    return a.get("keep", [0])[0] == 1


def integers(a, name):
    return [int(i) for i in a[name]]


def operand(t, a, name):
    return t[name] if name in t else torch.tensor(a[name][0])


def product(t, a):
    x = t["x"]
    for axis in sorted((i % x.dim() for i in axes(a, x)), reverse=True):
        x = x.prod(dim=axis, keepdim=keep(a))
    return x


def extreme(reduce, pair):
    def call(t, a):
        if "b" in t or "b" in a:
            return pair(t["a"], operand(t, a, "b").expand_as(t["a"]))
        return reduce(t["a"], dim=axes(a, t["a"]), keepdim=keep(a))
    return call


def clip(t, a):
    return torch.clamp(t["x"], operand(t, a, "lo"), operand(t, a, "hi"))


def pad(t, a):
    x, amounts = t["x"], integers(a, "amounts")
    if len(amounts) == 1:
        amounts = amounts * (2 * x.dim())
    elif len(amounts) == x.dim():
        amounts = [n for n in amounts for _ in range(2)]
    pairs = [amounts[2 * i:2 * i + 2] for i in range(x.dim())]
    return F.pad(x, [n for pair in reversed(pairs) for n in pair])


def transpose(t, a):
    x = t["x"]
    return x.permute(*(integers(a, "axes") if "axes" in a else reversed(range(x.dim()))))


def one_hot(t, a):
    c = t["c"] if "c" in t else torch.tensor(int(a["c"][0]))
    return F.one_hot(c, int(a["classes"][0]) if "classes" in a else t["c.classes"]).double()


def maxout(t, a):
    pieces = int(a["pieces"][0]) if "pieces" in a else 2
    y = F.linear(t["x"], t["maxout1.weight"], t.get("maxout1.bias"))
    return y.reshape(*y.shape[:-1], -1, pieces).amax(dim=-1)


def pair(a, name, default):
    values = integers(a, name) if name in a else [default]
    return values * 2 if len(values) == 1 else values


def conv(t, a):
    return F.conv2d(t["x"], t["conv1.weight"], t.get("conv1.bias"), stride=pair(a, "stride", 1), padding=pair(a, "pad", 0),
                    dilation=pair(a, "dilation", 1), groups=int(a.get("groups", [1])[0]))


def conv_transpose(t, a):
    return F.conv_transpose2d(t["x"], t["conv_transpose1.weight"], t.get("conv_transpose1.bias"), stride=pair(a, "stride", 1),
                              padding=pair(a, "pad", 0), output_padding=pair(a, "output_pad", 0), dilation=pair(a, "dilation", 1),
                              groups=int(a.get("groups", [1])[0]))


def pool(function, **more):
    def call(t, a):
        stride = pair(a, "stride", 1) if "stride" in a else None
        return function(t["x"], pair(a, "size", 1), stride, pair(a, "pad", 0), **more)
    return call


def in_class_order(t, a):
    """Scores as [positions, classes], targets as [positions] or [positions, classes]."""
    scores = t["scores"].movedim(int(a["axis"][0]) if "axis" in a else -1, -1)
    classes = scores.shape[-1]
    positions = scores.shape[:-1]
    if "target" not in t:
        target = torch.full(positions, int(a["target"][0]))
    elif t["target"].dtype == torch.long:
        target = t["target"]
    else:
        target = t["target"].movedim(int(a["axis"][0]) if "axis" in a else -1, -1).reshape(-1, classes)
        return scores.reshape(-1, classes), target
    return scores.reshape(-1, classes), target.reshape(-1)


def class_loss(loss):
    def call(t, a):
        scores, target = in_class_order(t, a)
        w = t.get("weight")
        if w is None:
            return loss(scores, target, None).mean()
        if w.shape[0] == scores.shape[0]:
            return (loss(scores, target, None) * w).mean()
        return loss(scores, target, w).mean()
    return call


def weighted_by_class(loss):
    """PyTorch's own class weights have no gradient; these do."""
    return lambda scores, target, w: loss(scores, target) * (1 if w is None else w[target])


def nll(scores, target):
    if target.dtype == torch.long:
        return F.nll_loss(scores, target, reduction="none")
    return -(target * scores).sum(-1)


def hinge(scores, target, w):
    if w is None:
        return F.multi_margin_loss(scores, target, reduction="none") * scores.shape[-1]
    margins = torch.relu(scores - scores.gather(1, target[:, None]) + 1) * (1 - F.one_hot(target, scores.shape[-1]))
    return (margins * w).sum(-1)


def pair_loss(elementwise, average=False):
    def call(t, a):
        x = t["x"]
        loss = elementwise(x, operand(t, a, "target").expand_as(x), a)
        w = t.get("weight")
        if w is not None:
            loss = loss * (w[:, None] if w.shape[0] == x.shape[0] and x.dim() == 2 else w)
        return loss.mean() if average else loss.sum()
    return call


def binary_cross_entropy(t, a):
    s = t["scores"]
    y = operand(t, a, "target").double()
    y = y.reshape(s.shape) if "target" in t else y.expand_as(s)
    loss = F.binary_cross_entropy_with_logits(s, y, reduction="none") * t.get("weight", torch.tensor(1.0))
    return loss.mean() if "target" in t and t["target"].dtype == torch.long else loss.sum()


def triplet(t, a):
    near, far = ((t["a"] - t[other]).square().sum(-1) for other in "pn")
    loss = torch.relu(near - far + a["margin"][0])
    return (loss * t["weight"] if "weight" in t else loss).mean()


def accuracy(t, a):
    scores, target = in_class_order(t, a)
    if scores.shape[-1] == 1:
        return ((scores[:, 0] > 0).long() == target).double().mean()
    expected = target if target.dtype == torch.long else target.argmax(-1)
    return (scores.argmax(-1) == expected).double().mean()


def top(t, a):
    scores, target = in_class_order(t, a)
    best = scores.topk(int(a["k"][0]), dim=-1).indices
    return (best == target[:, None]).any(-1).double().mean()


def batchnorm(t, a, training):
    """All examples at once; also what becomes of the saved statistics."""
    mean, variance = t["batchnorm1.mean"].clone(), t["batchnorm1.variance"].clone()
    y = F.batch_norm(t["x"], mean, variance, t["batchnorm1.scale"], t["batchnorm1.bias"], training,
                     a.get("momentum", [0.1])[0], a.get("epsilon", [1e-5])[0])
    return y, {"batchnorm1.mean": mean.tolist(), "batchnorm1.variance": variance.tolist()}


def groupnorm(t, a):
    y = F.group_norm(t["x"][None], int(a["groups"][0]), t["groupnorm1.scale"], t["groupnorm1.bias"], a.get("epsilon", [1e-5])[0])
    return y[0]


def lrn(t, a):
    size = int(a["size"][0])
    x = t["x"].reshape(1, t["x"].shape[0], -1)
    alpha, beta, k = (a.get(name, [value])[0] for name, value in (("alpha", 1e-4), ("beta", 0.75), ("k", 2.0)))
    return F.local_response_norm(x, size, alpha * size, beta, k).reshape(t["x"].shape)


def upsample(t, a):
    scale = [int(s) for s in a["scale"]]
    return F.interpolate(t["x"][None], scale_factor=(scale[0], scale[-1]), mode="nearest")[0]


def recurrent(kind, module):
    """A module of torch.nn with our parameters and its second bias at 0; cells where the sample gives `h`."""
    def call(t, a):
        x, name = t["x"], kind + "1."
        net = module(x.shape[-1], int(a["units"][0]))
        shared = {"weight_ih": t[name + "weight_input"], "weight_hh": t[name + "weight_hidden"], "bias_ih": t[name + "bias"],
                  "bias_hh": torch.zeros_like(t[name + "bias"])}
        if "h" not in t:
            return torch.func.functional_call(net, {k + "_l0": v for k, v in shared.items()}, (x,))[0]
        memory = (t["h"], t["c"]) if "c" in t else t["h"]
        result = torch.func.functional_call(net, shared, (x, memory))
        return result[0] if "c" in t else result
    return call


def attention(t, a):
    x, name = t["x"], "attention1."
    mask = torch.triu(torch.full((len(x), len(x)), -torch.inf), diagonal=1) if a.get("causal", [0])[0] else None
    return F.multi_head_attention_forward(
        x[:, None], x[:, None], x[:, None], x.shape[1], int(a["heads"][0]), t[name + "weight"], t[name + "bias"], None, None, False, 0.0,
        t[name + "out_weight"], t[name + "out_bias"], attn_mask=mask, need_weights=False)[0][:, 0]


def along_last(function):
    return lambda t, a: function(t["x"], axes(a, t["x"], -1))


def unary(function):
    return lambda t, a: function(t["x"])


FUNCTIONS = {
    **{name: unary(getattr(torch, name)) for name in "abs cos erf exp expm1 floor log log1p relu sigmoid sign sin sqrt square tanh".split()},
    "step": unary(lambda x: (x > 0).double()),
    "softplus": unary(F.softplus), "gelu": unary(F.gelu), "silu": unary(F.silu),
    "leaky_relu": lambda t, a: F.leaky_relu(t["x"], a.get("slope", [0.1])[0]),
    "elu": lambda t, a: F.elu(t["x"], a.get("alpha", [1.0])[0]),
    "clip": clip,
    "where": lambda t, a: torch.where(t["c"] != 0, t["a"], operand(t, a, "b")),
    "max": extreme(torch.amax, torch.maximum), "min": extreme(torch.amin, torch.minimum),
    "sum": lambda t, a: t["x"].sum(dim=axes(a, t["x"]), keepdim=keep(a)),
    "mean": lambda t, a: t["x"].mean(dim=axes(a, t["x"]), keepdim=keep(a)),
    "norm": lambda t, a: torch.linalg.vector_norm(t["x"], dim=axes(a, t["x"]), keepdim=keep(a)),
    "logsumexp": lambda t, a: torch.logsumexp(t["x"], dim=axes(a, t["x"]), keepdim=keep(a)),
    "prod": product,
    "softmax": along_last(lambda x, d: F.softmax(x, dim=d[0])),
    "log_softmax": along_last(lambda x, d: F.log_softmax(x, dim=d[0])),
    "argmax": along_last(lambda x, d: x.argmax(dim=d[0]).double()),
    "normalize": along_last(lambda x, d: F.normalize(x, dim=d[0])),
    "dot": lambda t, a: (t["a"] * t["b"]).sum(dim=axes(a, t["a"], -1)),
    "cosine_similarity": lambda t, a: F.cosine_similarity(t["a"], t["b"].expand_as(t["a"]), dim=axes(a, t["a"], -1)[0]),
    "reshape": lambda t, a: t["x"].reshape(integers(a, "shape")),
    "flatten": unary(torch.flatten),
    "transpose": transpose,
    "concat": lambda t, a: torch.cat([t[k] for k in sorted(t)], dim=int(a["axis"][0])),
    "stack": lambda t, a: torch.stack([t[k] for k in sorted(t)], dim=int(a.get("axis", [0])[0])),
    "pad": pad,
    "roll": lambda t, a: torch.roll(t["x"], int(a["shift"][0]), int(a["axis"][0])),
    "one_hot": one_hot,
    "ones": lambda t, a: torch.ones(integers(a, "shape")), "zeros": lambda t, a: torch.zeros(integers(a, "shape")),
    "random_normal": lambda t, a: torch.zeros(integers(a, "shape")),
    "random_uniform": lambda t, a: torch.full(integers(a, "shape"), 0.5),
    "range": lambda t, a: torch.arange(int(a["n"][0])).double(),
    "outer": lambda t, a: torch.outer(t["a"], t["b"]),
    "dense": lambda t, a: F.linear(t["x"], t["dense1.weight"], t.get("dense1.bias")),
    "maxout": maxout,
    "conv": conv, "conv_transpose": conv_transpose,
    "maxpool": pool(F.max_pool2d), "avgpool": pool(F.avg_pool2d, count_include_pad=True),
    "global_avgpool": unary(lambda x: x.mean(dim=(1, 2))), "global_maxpool": unary(lambda x: x.amax(dim=(1, 2))),
    "dropout": lambda t, a: F.dropout(t["x"], a["p"][0], training=False),
    "noise": unary(lambda x: x),
    "stop": unary(torch.detach),
    "l1": lambda t, a: t["W"].abs().sum(), "l2": lambda t, a: t["W"].square().sum(),
    "elastic": lambda t, a: a["beta"][0] * t["W"].square().sum() + t["W"].abs().sum(),
    "cross_entropy": class_loss(weighted_by_class(lambda s, y: F.cross_entropy(s, y, reduction="none"))),
    "nll": class_loss(weighted_by_class(nll)), "hinge": class_loss(hinge),
    "binary_cross_entropy": binary_cross_entropy,
    "squared_error": pair_loss(lambda x, y, a: F.mse_loss(x, y, reduction="none")),
    "half_squared_error": pair_loss(lambda x, y, a: F.mse_loss(x, y, reduction="none") / 2),
    "absolute_error": pair_loss(lambda x, y, a: F.l1_loss(x, y, reduction="none")),
    "huber": pair_loss(lambda x, y, a: F.huber_loss(x, y, delta=a.get("delta", [1.0])[0], reduction="none")),
    "mean_squared_error": pair_loss(lambda x, y, a: F.mse_loss(x, y, reduction="none"), average=True),
    "mean_absolute_error": pair_loss(lambda x, y, a: F.l1_loss(x, y, reduction="none"), average=True),
    "root_mean_squared_error": pair_loss(lambda x, y, a: F.mse_loss(x, y, reduction="none"), average=True),
    "triplet": triplet, "accuracy": accuracy, "top": top,
    "layernorm": lambda t, a: F.layer_norm(
        t["x"], t["x"].shape[-1:], t["layernorm1.scale"], t["layernorm1.bias"], a.get("epsilon", [1e-5])[0]),
    "groupnorm": groupnorm, "lrn": lrn, "upsample": upsample,
    "survive": lambda t, a: t["x"] * a["p"][0],
    "embedding": lambda t, a: F.embedding(t["c"], t["embedding1.weight"]),
    "rnn": recurrent("rnn", torch.nn.RNN), "rnn_cell": recurrent("rnn_cell", torch.nn.RNNCell),
    "lstm": recurrent("lstm", torch.nn.LSTM), "lstm_cell": recurrent("lstm_cell", torch.nn.LSTMCell),
    "gru": recurrent("gru", torch.nn.GRU), "gru_cell": recurrent("gru_cell", torch.nn.GRUCell),
    "attention": attention,
}

# Functions of the whole batch, which also advance saved statistics.
BATCHED = {"batchnorm": batchnorm}


def tensor(entry, batch):
    shape = ([batch] if batch else []) + entry["shape"]
    if entry.get("classes") is not None:
        return torch.tensor(entry["values"]).reshape(shape).long()
    return torch.tensor(entry["values"]).reshape(shape).requires_grad_()


def outputs(sample, inputs, shared, training):
    if sample["function"] in BATCHED:
        return BATCHED[sample["function"]]({**inputs, **shared}, sample["arguments"], training)
    examples = [
        FUNCTIONS[sample["function"]]({**{k: v[i] for k, v in inputs.items()}, **shared}, sample["arguments"])
        for i in range(sample["batch"])
    ]
    return torch.stack(examples), None


def expectation(sample, training=False):
    inputs = {entry["name"]: tensor(entry, sample["batch"]) for entry in sample["inputs"]}
    parameters = {entry["name"]: tensor(entry, None) for entry in sample["parameters"]}
    classes = {entry["name"] + ".classes": entry["classes"] for entry in sample["inputs"] if entry.get("classes") is not None}
    if sample["function"] != "one_hot":
        classes = {}
    states = {entry["name"]: tensor(entry, None).detach() for entry in sample["states"]}
    output, advanced = outputs(sample, inputs, {**parameters, **classes, **states}, training)
    loss = (output.reshape(sample["batch"], -1) * torch.tensor(sample["weights"])).sum() / sample["batch"]
    if loss.requires_grad:
        loss.backward()
    reals = {k: v for k, v in {**inputs, **parameters}.items() if v.dtype != torch.long}
    gradients = {k: (torch.zeros_like(v) if v.grad is None else v.grad).flatten().tolist() for k, v in reals.items()}
    return {"loss": loss.item(), "gradients": gradients, **({"states": advanced} if training else {})}


OPTIMIZERS = [
    ("sgd", {}, lambda p: torch.optim.SGD(p)),
    ("sgd", {"decay": 0.1}, lambda p: torch.optim.SGD(p, weight_decay=0.1)),
    ("sgd", {"momentum": 0.9}, lambda p: torch.optim.SGD(p, momentum=0.9)),
    ("sgd", {"momentum": 0.9, "nesterov": 1, "decay": 0.01},
     lambda p: torch.optim.SGD(p, momentum=0.9, nesterov=True, weight_decay=0.01)),
    ("adam", {}, lambda p: torch.optim.Adam(p)),
    ("adam", {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4, "decay": 0.05},
     lambda p: torch.optim.Adam(p, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.05)),
    ("adam", {"beta1": 0}, lambda p: torch.optim.Adam(p, betas=(0.0, 0.999))),
    ("adamw", {}, lambda p: torch.optim.AdamW(p)),
    ("adamw", {"beta1": 0.7, "decay": 0.2}, lambda p: torch.optim.AdamW(p, betas=(0.7, 0.999), weight_decay=0.2)),
    ("rmsprop", {}, lambda p: torch.optim.RMSprop(p)),
    ("rmsprop", {"smoothing": 0.8, "momentum": 0.9, "decay": 0.1},
     lambda p: torch.optim.RMSprop(p, alpha=0.8, momentum=0.9, weight_decay=0.1)),
    ("rmsprop", {"centered": 1, "momentum": 0.5, "epsilon": 1e-3},
     lambda p: torch.optim.RMSprop(p, centered=True, momentum=0.5, eps=1e-3)),
    ("rmsprop", {"centered": 1}, lambda p: torch.optim.RMSprop(p, centered=True)),
    ("adagrad", {}, lambda p: torch.optim.Adagrad(p)),
    ("adagrad", {"decay": 0.1, "epsilon": 1e-2}, lambda p: torch.optim.Adagrad(p, weight_decay=0.1, eps=1e-2)),
    ("adadelta", {}, lambda p: torch.optim.Adadelta(p)),
    ("adadelta", {"smoothing": 0.7, "epsilon": 1e-3, "decay": 0.1},
     lambda p: torch.optim.Adadelta(p, rho=0.7, eps=1e-3, weight_decay=0.1)),
]

# The last number is the steps of the training, of all of which the factors are recorded.
LR = torch.optim.lr_scheduler
SCHEDULES = [
    ("constant", {}, 10, lambda o: LR.ConstantLR(o, factor=1)),
    ("step", {"every": 3}, 10, lambda o: LR.StepLR(o, 3)),
    ("step", {"every": 4, "factor": 0.5}, 12, lambda o: LR.StepLR(o, 4, gamma=0.5)),
    ("multistep", {"at": [2, 5, 6], "factor": 0.5}, 10, lambda o: LR.MultiStepLR(o, [2, 5, 6], gamma=0.5)),
    ("exponential", {"factor": 0.9}, 10, lambda o: LR.ExponentialLR(o, 0.9)),
    ("exponential", {"factor": 0.5, "every": 4}, 10, lambda o: LR.ExponentialLR(o, 0.5 ** 0.25)),
    ("inverse", {}, 10, lambda o: LR.LambdaLR(o, lambda t: 1 / (1 + t))),
    ("inverse", {"every": 5, "power": 0.5}, 10, lambda o: LR.LambdaLR(o, lambda t: (1 + t / 5) ** -0.5)),
    ("polynomial", {}, 10, lambda o: LR.PolynomialLR(o, 10)),
    ("polynomial", {"power": 2}, 10, lambda o: LR.PolynomialLR(o, 10, power=2)),
    ("polynomial", {"end": 0.25}, 10, lambda o: LR.LinearLR(o, start_factor=1, end_factor=0.25, total_iters=10)),
    ("cosine", {}, 10, lambda o: LR.CosineAnnealingLR(o, 10)),
    ("cosine", {"end": 0.1}, 10, lambda o: LR.CosineAnnealingLR(o, 10, eta_min=0.1)),
    ("cosine", {"warmup": 4}, 14, lambda o: warmed(o, 4, LR.CosineAnnealingLR(o, 10))),
    ("exponential", {"factor": 0.9, "warmup": 3}, 10, lambda o: warmed(o, 3, LR.ExponentialLR(o, 0.9))),
    ("constant", {"warmup": 5}, 10, lambda o: LR.LinearLR(o, start_factor=1 / 6, total_iters=5)),
    ("one_cycle", {}, 20, lambda o: LR.OneCycleLR(o, 1, total_steps=20)),
    ("one_cycle", {"start": 0.1, "end": 0.01, "peak": 0.5}, 17,
     lambda o: LR.OneCycleLR(o, 1, total_steps=17, pct_start=0.5, div_factor=10, final_div_factor=10)),
]


def warmed(optimizer, steps, schedule):
    warmup = LR.LinearLR(optimizer, start_factor=1 / (steps + 1), total_iters=steps)
    return LR.SequentialLR(optimizer, [warmup, schedule], milestones=[steps])


def schedule_factors(name, arguments, total, make):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    schedule = make(optimizer)
    factors = []
    for step in range(total):
        factors.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step + 1 < total:
            schedule.step()
    lists = {k: v if isinstance(v, list) else [v] for k, v in arguments.items()}
    return {"name": name, "arguments": lists, "factors": factors}


def clipped_steps():
    """Ten steps of gradient descent on two parameters, some with gradients that are short enough."""
    generator = torch.Generator().manual_seed(7)
    parameters = [torch.randn(3, generator=generator).requires_grad_(), torch.randn(2, 2, generator=generator).requires_grad_()]
    record = {"clip": 1.0, "rate": 0.1, "start": [p.flatten().tolist() for p in parameters], "steps": []}
    optimizer = torch.optim.SGD(parameters, lr=0.1, momentum=0.9)
    for step in range(10):
        for p in parameters:
            p.grad = torch.randn(p.shape, generator=generator) * 0.2 * step
        gradients = [p.grad.flatten().tolist() for p in parameters]
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        record["steps"].append({"gradients": gradients, "parameters": [p.flatten().tolist() for p in parameters]})
    return record


def optimizer_steps(name, arguments, make):
    """Ten steps with a rate that falls, on gradients that do not depend on the parameter."""
    generator = torch.Generator().manual_seed(5)
    parameter = torch.randn(4, generator=generator).requires_grad_()
    record = {"name": name, "arguments": arguments, "start": parameter.tolist(), "steps": []}
    optimizer = make([parameter])
    for step in range(10):
        rate = 0.1 / (1 + step)
        optimizer.param_groups[0]["lr"] = rate
        parameter.grad = torch.randn(4, generator=generator)
        entry = {"rate": rate, "gradient": parameter.grad.tolist()}
        optimizer.step()
        record["steps"].append({**entry, "parameter": parameter.tolist()})
    return record


def perceptron(p, x, t):
    h = torch.tanh(F.linear(x, p["dense1.weight"], p["dense1.bias"]))
    scores = F.linear(h, p["dense2.weight"], p["dense2.bias"])
    weights = p["dense1.weight"].square().sum() + p["dense2.weight"].square().sum()
    return F.cross_entropy(scores, t) + 0.1 * weights


def attention(p, x, t):
    weights = F.softmax(x @ p["A"] @ x.transpose(1, 2), dim=-1)
    return ((torch.exp(-p["s"] * weights) @ x).sum(dim=(1, 2)) - t).square().mean()


# A model's text, the same loss in PyTorch, and the shapes of parameters, input and target; a number of classes makes the target one.
DIRECTIONAL = [
    ("""input x: [5]
target t: class(3)
scores = x |> dense(7) |> tanh |> dense(3)
loss cross_entropy(scores, t) + 0.1 * l2(weights)
""", perceptron, {"dense1.weight": (7, 5), "dense1.bias": (7,), "dense2.weight": (3, 7), "dense2.bias": (3,)}, (5,), 3),
    ("""input x: [4, 3]
target t: []
param A: [3, 3] = normal(1)
param s = 0.5
weights_of_x = softmax(x @ A @ transpose(x))
loss squared_error(sum(exp(-s * weights_of_x) @ x), t)
""", attention, {"A": (3, 3), "s": ()}, (4, 3), None),
]


def directional(text, loss_of, shapes, inputs, classes):
    generator = torch.Generator().manual_seed(11)
    draw = lambda shape: torch.randn(shape, generator=generator)
    p = {name: (0.5 * draw(shape)).requires_grad_() for name, shape in shapes.items()}
    direction = {name: draw(shape) for name, shape in shapes.items()}
    x = draw((4, *inputs))
    t = draw((4,)) if classes is None else torch.randint(classes, (4,), generator=generator)
    loss = loss_of(p, x, t)
    gradients = torch.autograd.grad(loss, list(p.values()), create_graph=True)
    along = sum((g * d).sum() for g, d in zip(gradients, direction.values()))
    products = torch.autograd.grad(along, list(p.values()))
    tensors = lambda names, values: {n: {"shape": list(v.shape), "values": v.flatten().tolist()} for n, v in zip(names, values)}
    return {"text": text, "parameters": tensors(p, p.values()), "direction": tensors(p, direction.values()),
            "x": x.flatten().tolist(), "xShape": list(x.shape), "t": t.double().tolist(), "isClass": classes is not None,
            "loss": loss.item(), "jvp": along.item(), "hvp": tensors(p, products)}


def write(path, entries):
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(e, sort_keys=True, separators=(",", ":")) for e in entries) + "\n]\n")


def main():
    with open(PATH) as file:
        samples = json.load(file)
    missing = sorted({s["function"] for s in samples} - set(FUNCTIONS) - set(BATCHED))
    if missing:
        sys.exit("no PyTorch counterpart for " + ", ".join(missing))
    for sample in samples:
        sample["expected"] = expectation(sample)
        if sample["states"]:
            sample["training"] = expectation(sample, training=True)
    write(PATH, samples)
    write(os.path.join(FIXTURES, "optimizers.json"), [optimizer_steps(*case) for case in OPTIMIZERS])
    write(os.path.join(FIXTURES, "schedules.json"), [schedule_factors(*case) for case in SCHEDULES])
    write(os.path.join(FIXTURES, "clip.json"), [clipped_steps()])
    write(os.path.join(FIXTURES, "directional.json"), [directional(*case) for case in DIRECTIONAL])
    print(f"{len(samples)} samples by PyTorch {torch.__version__}")


if __name__ == "__main__":
    main()
