"""ONNX Runtime, inference only: a chain of Gemm nodes with their activations."""
import sys

import contest

workload, threads, _ = contest.enter()
import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

if workload.is_training:
    sys.exit("ONNX Runtime does not train here")
ACTIVATIONS = {"tanh": "Tanh", "sigmoid": "Sigmoid", "relu": "Relu"}


def model():
    nodes, constants, value = [], [], "x"
    for i, (weight, bias) in enumerate(contest.weights(workload)):
        constants += [numpy_helper.from_array(weight, f"w{i}"), numpy_helper.from_array(bias, f"b{i}")]
        is_last = i == len(workload.layers) - 1
        nodes.append(helper.make_node("Gemm", [value, f"w{i}", f"b{i}"], ["scores" if is_last else f"s{i}"], transB=1))
        if not is_last:
            nodes.append(helper.make_node(ACTIVATIONS[workload.activation], [f"s{i}"], [f"h{i}"]))
            value = f"h{i}"
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [workload.batch, width])
        for name, width in (("x", workload.widths[0]), ("scores", workload.widths[-1]))
    ]
    graph = helper.make_graph(nodes, workload.model, ends[:1], ends[1:], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


options = onnxruntime.SessionOptions()
options.intra_op_num_threads = threads
session = onnxruntime.InferenceSession(model(), options, providers=["CPUExecutionProvider"])
x, t = contest.batch(workload)
scores = session.run(None, {"x": x})[0]
shifted = scores - scores.max(1, keepdims=True)
loss = np.mean(np.log(np.exp(shifted).sum(1)) - shifted[np.arange(workload.batch), t])
contest.compete(lambda: session.run(None, {"x": x}), loss=float(loss))
