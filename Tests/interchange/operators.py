"""Small ONNX models of every operator that nncc reads, brought over and run: the outputs have to be those of ONNX Runtime.

Usage: operators.py PROGRAMS WORK INTERCHANGE.md, whose table names the operators."""
import re
import sys

import numpy
import onnx
import onnx.parser
from onnx import TensorProto, helper, numpy_helper

from programs import Programs, compare, examples_first, random_inputs, run

generator = numpy.random.default_rng(3)
OPSET = 17


def weight(*shape):
    return generator.normal(0, 0.5, shape).astype(numpy.float32)


def integers(*numbers):
    return numpy.array(numbers, numpy.int64)


class X:
    """An input: its shape, the number of examples as None."""

    def __init__(self, *shape, type=TensorProto.FLOAT):
        self.shape, self.type = shape, type


def model(type, arguments, outputs=1, opset=OPSET, more=(), **attributes):
    """One node; arguments are inputs, weights, or None for one left out. `more` are nodes after it, from y to z."""
    names, inputs, weights = [], [], []
    for index, argument in enumerate(arguments):
        name = f"v{index}" if argument is not None else ""
        names.append(name)
        if isinstance(argument, X):
            shape = ["N" if extent is None else extent for extent in argument.shape]
            inputs.append(helper.make_tensor_value_info(name, argument.type, shape))
        elif argument is not None:
            weights.append(numpy_helper.from_array(argument, name))
    made = ["y"] + [f"y{index}" for index in range(1, outputs)]
    nodes = [helper.make_node(type, names, made, name="node", **attributes)] + list(more)
    results = ["z"] if more else made
    graph = helper.make_graph(nodes, "g", inputs, [onnx.ValueInfoProto(name=name) for name in results], weights)
    file = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    return onnx.shape_inference.infer_shapes(file)


def to_real(name="y"):
    return helper.make_node("Cast", [name], ["z"], to=TensorProto.FLOAT)


def elementwise():
    for type in "Abs Atanh Ceil Cos Cosh Erf Exp Floor Identity Log Neg Reciprocal Relu Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Tan Tanh".split():
        yield model(type, [X(None, 3, 5)])
    for type in "Celu Elu HardSigmoid HardSwish LeakyRelu Mish Selu ThresholdedRelu".split():
        yield model(type, [X(None, 7)], opset=18)
    for type in "Celu Elu LeakyRelu ThresholdedRelu".split():
        yield model(type, [X(None, 7)], alpha=0.7)
    yield model("HardSigmoid", [X(None, 7)], alpha=0.3, beta=0.4)
    yield model("Selu", [X(None, 7)], alpha=1.5, gamma=0.9)
    yield model("Gelu", [X(None, 7)], opset=20)
    yield model("Gelu", [X(None, 7)], opset=20, approximate="tanh")
    yield model("Dropout", [X(None, 7), numpy.array(0.3, numpy.float32)])
    for bounds in [(-0.5, 0.7), (None, 0.5), (-0.5, None), (0, None)]:
        yield model("Clip", [X(None, 7)] + [None if b is None else numpy.array(b, numpy.float32) for b in bounds])
    yield model("Clip", [X(None, 7)], opset=7, min=-0.25, max=0.5)
    yield model("Clip", [X(None, 7), numpy.array(0.5, numpy.float32), numpy.array(-0.5, numpy.float32)])
    for type in "Add Sub Mul Div Max Min".split():
        yield model(type, [X(None, 3, 5), X(None, 3, 5)])
        yield model(type, [X(None, 3, 5), X(None, 1, 5)])
        yield model(type, [X(None, 3, 5), weight(5)])
        yield model(type, [weight(3, 1), X(None, 3, 5)])
        yield model(type, [X(None, 3, 5), weight(1, 3, 1)])
        yield model(type, [X(None, 3, 5), numpy.array(1.5, numpy.float32)])
        yield model(type, [X(None, 1), weight(1, 4)])
    yield model("Sum", [X(None, 3), X(None, 3), weight(3)])
    yield model("Mean", [X(None, 3), X(None, 3), weight(3)])
    yield model("Max", [X(None, 3), X(None, 3), weight(3)])
    yield model("Pow", [X(None, 4), numpy.array(2, numpy.float32)])
    yield model("Pow", [X(None, 4), numpy.array([1, 2, 3, 4], numpy.float32)])
    yield model("PRelu", [X(None, 3, 4, 4), weight(3, 1, 1)])
    yield model("Mod", [X(None, 4, type=TensorProto.INT64), integers(3)], more=[to_real()])
    for type in "Equal Less Greater LessOrEqual GreaterOrEqual".split():
        yield model(type, [X(None, 3, 5), X(None, 1, 5)], more=[to_real()])
        yield model(type, [X(None, 5), numpy.array(0.25, numpy.float32)], more=[to_real()])
    for type in "And Or Xor".split():
        yield model(type, [X(None, 5, type=TensorProto.BOOL), numpy.array([True, False, True, True, False])], more=[to_real()])
    yield model("Not", [X(None, 5, type=TensorProto.BOOL)], more=[to_real()])
    yield model("Where", [numpy.array([True, False, True]), X(None, 3), weight(1, 3)])
    yield model("Where", [numpy.tril(numpy.ones((4, 4), bool)), X(None, 4, 4), numpy.array(-numpy.inf, numpy.float32)],
                more=[helper.make_node("Softmax", ["y"], ["z"])])
    yield model("Cast", [X(None, 5)], to=TensorProto.INT64, more=[to_real()])
    yield model("Cast", [X(None, 5)], to=TensorProto.BOOL, more=[to_real()])


def products():
    yield model("MatMul", [X(None, 6), weight(6, 4)])
    yield model("MatMul", [X(None, 3, 6), weight(6, 4)])
    yield model("MatMul", [X(None, 3, 6), weight(1, 6, 4)])
    yield model("MatMul", [weight(2, 3), X(None, 3, 5)])
    yield model("MatMul", [X(None, 2, 3, 6), X(None, 2, 6, 4)])
    yield model("MatMul", [X(None, 2, 3, 6), weight(6)])
    yield model("MatMul", [X(None, 2, 3, 6), X(None, 1, 6, 4)])
    yield model("Gemm", [X(None, 6), weight(6, 4), weight(4)])
    yield model("Gemm", [X(None, 6), weight(4, 6), weight(1, 4)], transB=1, alpha=0.5, beta=2.0)
    yield model("Gemm", [X(None, 6), weight(4, 6)], transB=1)
    yield model("Gemm", [X(None, 6), weight(6, 4), numpy.array(0.5, numpy.float32)])
    yield model("Einsum", [X(None, 3, 4), X(None, 5, 4)], equation="bij,bkj->bik")
    yield model("Einsum", [X(None, 3, 2, 4), X(None, 5, 2, 4)], equation="bqhd,bkhd->bhqk")
    yield model("Einsum", [X(None, 3, 4), weight(4, 2, 5)], equation="btd,dhe->bthe")
    yield model("Einsum", [X(None, 3), X(None, 4)], equation="bi,bj->bij")


def windows():
    for attributes in [{}, {"strides": [2, 2]}, {"pads": [1, 1, 1, 1]}, {"pads": [0, 1, 2, 1]}, {"dilations": [2, 1]},
                       {"strides": [3, 2], "pads": [2, 1, 2, 1]}, {"auto_pad": "SAME_UPPER", "strides": [2, 2]},
                       {"auto_pad": "SAME_LOWER"}, {"auto_pad": "VALID"}]:
        yield model("Conv", [X(None, 3, 9, 8), weight(4, 3, 3, 2), weight(4)], **attributes)
    yield model("Conv", [X(None, 4, 7, 7), weight(6, 2, 3, 3)], group=2)
    yield model("Conv", [X(None, 4, 7, 7), weight(4, 1, 3, 3), weight(4)], group=4, pads=[1, 1, 1, 1])
    yield model("Conv", [X(None, 3, 11), weight(5, 3, 4), weight(5)], strides=[2], pads=[1, 2])
    yield model("Conv", [X(2, 3, 6, 6), weight(5, 3, 1, 1), weight(5)])
    for attributes in [{}, {"strides": [2, 2]}, {"strides": [2, 3], "pads": [1, 0, 1, 0], "output_padding": [1, 2]}, {"dilations": [2, 1]}]:
        yield model("ConvTranspose", [X(None, 3, 4, 5), weight(3, 4, 3, 3), weight(4)], **attributes)
    yield model("ConvTranspose", [X(None, 4, 4, 5), weight(4, 3, 2, 2)], group=2, strides=[2, 2])
    yield model("ConvTranspose", [X(None, 4, 6), weight(4, 3, 3), weight(3)], strides=[2])
    for type in ["MaxPool", "AveragePool"]:
        for attributes in [{}, {"strides": [2, 2]}, {"pads": [1, 1, 1, 1]}, {"pads": [0, 1, 1, 0], "strides": [2, 3]},
                           {"auto_pad": "SAME_UPPER", "strides": [2, 2]}, {"strides": [2, 2], "ceil_mode": 1},
                           {"strides": [2, 2], "ceil_mode": 1, "pads": [1, 0, 1, 0]}]:
            yield model(type, [X(None, 2, 8, 7)], kernel_shape=[3, 2], **attributes)
        yield model(type, [X(None, 2, 9)], kernel_shape=[3], strides=[2])
        yield model("Global" + type, [X(None, 3, 5, 4)])
        yield model("Global" + type, [X(None, 3, 5)])
    yield model("AveragePool", [X(None, 2, 8, 7)], kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1)
    yield model("LRN", [X(None, 7, 3, 3)], size=5, alpha=0.4, beta=0.6, bias=1.5)
    half = numpy.array([], numpy.float32)
    for mode in ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]:
        for scales in [[1, 1, 2, 3], [1, 1, 1.5, 0.5]]:
            yield model("Resize", [X(None, 2, 4, 6), half, numpy.array(scales, numpy.float32)], coordinate_transformation_mode=mode,
                        nearest_mode="floor" if mode == "asymmetric" else "round_prefer_ceil")
    yield model("Resize", [X(2, 2, 4, 6), half, half, integers(2, 2, 8, 6)])
    # What is between two pixels, and factors that leave an axis as long as it was but the other not.
    for scales in [[1, 1, 0.6, 1.25], [1, 1, 1, 1.25], [1, 1, 1 / 3, 0.8]]:
        yield model("Resize", [X(None, 2, 7, 3), numpy.array(scales, numpy.float32)], opset=10)
        yield model("Resize", [X(None, 2, 7, 3), half, numpy.array(scales, numpy.float32)],
                    coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    for scales in [[1, 1, 2, 2], [1, 1, 1.25, 2]]:
        yield model("Upsample", [X(None, 2, 3, 3), numpy.array(scales, numpy.float32)], opset=9)


def shapes():
    yield model("Reshape", [X(None, 3, 4), integers(0, -1)])
    yield model("Reshape", [X(None, 12), integers(-1, 3, 4)])
    yield model("Reshape", [X(2, 3, 4), integers(2, 4, 3)])
    yield model("Flatten", [X(None, 3, 4)])
    yield model("Squeeze", [X(None, 1, 4, 1), integers(1)])
    yield model("Squeeze", [X(None, 1, 4)], opset=11, axes=[1])
    yield model("Unsqueeze", [X(None, 4), integers(1, -1)])
    yield model("Transpose", [X(None, 3, 4, 5)], perm=[0, 3, 1, 2])
    yield model("Transpose", [X(None, 3, 4, 5)], perm=[1, 0, 2, 3], more=[helper.make_node("Transpose", ["y"], ["z"], perm=[1, 0, 3, 2])])
    yield model("Expand", [X(None, 1, 4), integers(1, 3, 1)])
    yield model("Tile", [X(None, 2, 3), integers(1, 2, 3)])
    yield model("Concat", [X(None, 2, 3), X(None, 4, 3)], axis=1)
    yield model("Concat", [X(None, 2, 3), X(None, 2, 1), X(None, 2, 2)], axis=-1)
    yield model("Concat", [X(1, 2, 3), weight(1, 4, 3)], axis=1)
    yield model("Split", [X(None, 7, 3), integers(3, 4)], outputs=2, axis=1)
    yield model("Split", [X(None, 3, 6)], outputs=3, axis=2)
    yield model("Slice", [X(None, 7, 5), integers(1, 0), integers(6, 9223372036854775807), integers(1, 2), integers(2, 3)])
    yield model("Slice", [X(None, 7), integers(-1), integers(-9223372036854775807), integers(1), integers(-1)])
    yield model("Slice", [X(None, 7, 5), integers(0, -3), integers(9223372036854775807, -1), integers(0, 1)])
    yield model("Gather", [X(None, 5, 3), integers(2)[0]], axis=1)
    yield model("Gather", [X(None, 5, 3), integers(0, 1, 4, -1, 2)], axis=1)
    yield model("Gather", [X(None, 5), integers(0, 1, 4, 3).reshape(2, 2)], axis=1)
    yield model("Gather", [weight(2, 6), X(None, 4, type=TensorProto.INT64)])
    yield model("Pad", [X(None, 3, 4), integers(0, 1, 0, 0, 2, 3)])
    yield model("Pad", [X(None, 3, 4), integers(0, 1, 0, 0, 0, 1), numpy.array(1.5, numpy.float32)])
    yield model("Pad", [X(None, 3, 4), integers(0, -1, 1, 0, 0, -2)])
    yield model("DepthToSpace", [X(None, 8, 2, 3)], blocksize=2)
    yield model("DepthToSpace", [X(None, 8, 2, 3)], blocksize=2, mode="CRD")
    yield model("SpaceToDepth", [X(None, 2, 4, 6)], blocksize=2)
    yield model("Shape", [X(None, 2, 3)], more=[
        helper.make_node("Constant", [], ["zero"], value_ints=[0]), helper.make_node("Constant", [], ["rest"], value_ints=[-1]),
        helper.make_node("Gather", ["y", "zero"], ["n"]), helper.make_node("Concat", ["n", "rest"], ["s"], axis=0),
        helper.make_node("Reshape", ["v0", "s"], ["z"])])
    yield model("Size", [X(3, 2, 3)], more=[helper.make_node("Cast", ["y"], ["r"], to=1), helper.make_node("Mul", ["v0", "r"], ["z"])])


def reductions():
    for type in "ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSumExp".split():
        yield model(type, [X(None, 3, 4), integers(1)], opset=18)
        yield model(type, [X(None, 3, 4), integers(-1, 1)], opset=18, keepdims=0)
        if type != "ReduceSum":
            yield model(type, [X(None, 3, 4, 5)], axes=[2, 3], keepdims=0)
    yield model("ReduceLogSum", [X(None, 3, 4), integers(1)], opset=18)
    for type in "ReduceSum ReduceMean ReduceMax ReduceLogSumExp".split():
        yield model(type, [X(None, 3, 4), integers()], opset=18, noop_with_empty_axes=1)
    for type in "ReduceSum ReduceMax ReduceProd ReduceSumSquare".split():
        yield model(type, [X(None, 4, type=TensorProto.INT64), integers(1)], opset=18, more=[to_real()])
    for type in ["ArgMax", "ArgMin"]:
        yield model(type, [X(None, 3, 4)], axis=-1, keepdims=0, more=[to_real()])
        yield model(type, [X(None, 3, 4)], axis=1, more=[to_real()])
    for type in ["Softmax", "LogSoftmax"]:
        yield model(type, [X(None, 3, 4)])
        yield model(type, [X(None, 3, 4)], axis=1)
        yield model(type, [X(None, 3, 4)], opset=11)
        yield model(type, [X(None, 3, 4)], opset=11, axis=2)
    yield model("LpNormalization", [X(None, 3, 4)], axis=2)


def normalizations():
    variance = abs(weight(3)) + numpy.float32(0.5)
    yield model("BatchNormalization", [X(None, 3, 4, 5), weight(3), weight(3), weight(3), variance])
    yield model("BatchNormalization", [X(None, 3), weight(3), weight(3), weight(3), variance], epsilon=1e-3, momentum=0.8)
    yield model("LayerNormalization", [X(None, 3, 4), weight(4), weight(4)])
    yield model("LayerNormalization", [X(None, 3, 4), weight(3, 4)], axis=1, epsilon=1e-3)
    yield model("InstanceNormalization", [X(None, 3, 4, 5), weight(3), weight(3)])
    yield model("GroupNormalization", [X(None, 6, 4, 5), weight(6), weight(6)], opset=21, num_groups=3)


def sequences():
    for type, gates in [("RNN", 1), ("GRU", 3), ("LSTM", 4)]:
        count = 3 if type == "LSTM" else 2
        for direction, sides in [("forward", 1), ("reverse", 1), ("bidirectional", 2)]:
            common = [X(4, None, 3), weight(sides, gates * 5, 3), weight(sides, gates * 5, 5)]
            yield model(type, common + [weight(sides, 2 * gates * 5)], outputs=2, hidden_size=5, direction=direction)
            yield model(type, common, outputs=1, hidden_size=5, direction=direction)
        common = [X(4, None, 3), weight(1, gates * 5, 3), weight(1, gates * 5, 5), weight(1, 2 * gates * 5)]
        yield model(type, common, outputs=count, hidden_size=5)
        start = [None, X(1, None, 5)] + ([X(1, None, 5)] if type == "LSTM" else [])
        yield model(type, common + start, outputs=count, hidden_size=5)
    common = [X(4, None, 3), weight(1, 15, 3), weight(1, 15, 5), weight(1, 30)]
    yield model("GRU", common, outputs=2, hidden_size=5, linear_before_reset=1)
    common[3][0, 25:] = 0
    yield model("GRU", common, outputs=2, hidden_size=5, linear_before_reset=1)


def examples():
    """What is made from the number of examples, which these files leave open."""
    for graph in [
        "<float[1] c = {2.0}> { s = Shape(x) e = ConstantOfShape(s) k = Add(e, c) y = Add(k, x) }",
        "<float[4] c = {1, 2, 3, 4}> { s = Shape(x) e = ConstantOfShape(s) k = Add(e, c) y = Mul(k, x) }",
        "<float[4] c = {1, 2, 3, 4}> { s = Shape(x) e = ConstantOfShape(s) k = Add(e, c) h = Exp(k) y = Sub(h, x) }",
        "<float[1, 4] c = {1, 2, 3, 4}, int64[1] z = {0}, int64[1] o = {1}>"
        " { s = Shape(x) n = Gather(s, z) k = Concat<axis = 0>(n, o) t = Tile(c, k) y = Concat<axis = 1>(t, x) }",
        "<int64[1] z = {0}, int64[1] o = {1}, float c = {1.0}> { s = Shape(x) e = ConstantOfShape(s) a = Slice(e, z, o, o) b = Add(a, c)"
        " k = Concat<axis = 1>(a, b, b, a) y = Mul(k, x) }",
        "<int64 z = {0}, int64[1] a = {0}, int64[1] m = {-1}> { s = Shape(x) n = Gather(s, z) u = Unsqueeze(n, a)"
        " k = Concat<axis = 0>(u, m) e = Equal(k, m) o = ConstantOfShape(a) w = Where(e, m, k) r = Reshape(x, w) y = Add(r, x) }",
    ]:
        file = onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["": {OPSET}]> g (float[N, 4] x) => (float[N, M] y) {graph}')
        yield onnx.shape_inference.infer_shapes(file)


def positive(type):
    return type in {"Log", "Sqrt", "Pow", "ReduceLogSum", "Atanh"}


def main():
    programs, failures, count, seen = Programs(sys.argv[1], sys.argv[2]), 0, 0, set()
    families = [elementwise, products, windows, shapes, reductions, normalizations, sequences, examples]
    for file in [file for family in families for file in family()]:
        node, count = file.graph.node[0], count + 1
        seen.update(node.op_type for node in file.graph.node)
        path = f"{sys.argv[2]}/operator{count}.onnx"
        try:
            onnx.save(file, path)
            inputs = random_inputs(path, {})
            if positive(node.op_type):
                inputs = {name: (abs(value) / 4 + 0.1).astype(numpy.float32) for name, value in inputs.items()}
            model, weights = programs.bring_over(path)
            found = programs.predict(model, weights, examples_first(path, inputs))
            compare(examples_first(path, run(path, inputs)), found)
        except Exception as trouble:
            failures += 1
            print(f"{count} {node.op_type} {[a.name for a in node.attribute]}: {str(trouble)[:400]}")
    section = open(sys.argv[3]).read().split("## To ONNX")[0]
    table = set(re.findall(r"`([A-Z]\w+)`", "".join(line for line in section.splitlines() if line.startswith("| `"))))
    for name in sorted(table - seen):
        failures += 1
        print(f"{name} is in the table of operators, but no model here has it")
    print(f"{count} models of operators, {failures} wrong")
    return 1 if failures else 0


sys.exit(main())
