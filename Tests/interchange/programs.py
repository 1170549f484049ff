"""nncc and nnrun, called as a person would; random weights and inputs for models; ONNX Runtime beside them."""
import os
import re
import subprocess

import numpy
import onnx
import onnxruntime
import safetensors


class Trouble(Exception):
    pass


def call(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise Trouble(f"{' '.join(command[:2])} ends with {result.returncode}: {result.stderr.strip()[:500]}")
    return result.stdout


class Programs:
    def __init__(self, folder, work):
        self.nncc, self.nnrun, self.work = f"{folder}/nncc", f"{folder}/nnrun", work

    def random_weights(self, model):
        """A weight file for the model, by the table of tensors in its C; None where it has no weights."""
        text = call(self.nncc, model, "-o", "-", "--batch", "1")
        name = re.search(r"_tensors\[\] = \{(.*?)\};", text, re.S)
        generator = numpy.random.default_rng(5)
        states = set(re.findall(r"^\s*state\s+(\w+)", open(model).read(), re.M))
        weights = {}
        for entry in re.finditer(r'\{"([^"]+)", ([01]), (\d), \{([^}]*)\}', name[1] if name else ""):
            shape = [int(extent) for extent in entry[4].split(",") if extent.strip()][: int(entry[3])]
            fan_in = numpy.prod(shape[1:]) if len(shape) > 1 else 4
            numbers = generator.normal(0, 1 / numpy.sqrt(max(fan_in, 1)), shape).astype(numpy.float32)
            if entry[1].endswith(("variance", "scale")):
                numbers = abs(numbers) + numpy.float32(0.5)
            if entry[1] not in states:
                weights[entry[1]] = numbers
        path = f"{self.work}/weights.safetensors"
        safetensors.save(path, weights)
        return path if weights else None

    def export(self, model, weights, *more):
        """The model as an ONNX file that the checker has passed."""
        folder = f"{self.work}/{os.path.basename(model)}.export"
        call(self.nncc, model, "--emit", "onnx", "-o", folder, *(["--weights", weights] if weights else []), *more)
        path = next(f"{folder}/{name}" for name in os.listdir(folder) if name.endswith(".onnx"))
        onnx.checker.check_model(onnx.load(path), full_check=True)
        return path

    def bring_over(self, path, *more):
        """An ONNX file as a model and its weights, None where it has none."""
        model = path.removesuffix(".onnx") + ".imported.nn"
        weights = model.removesuffix(".nn") + ".safetensors"
        if os.path.exists(weights):
            os.remove(weights)
        call(self.nncc, path, "-o", model, "-q", *more)
        return model, weights if os.path.exists(weights) else None

    def predict(self, model, weights, inputs):
        data, outputs = f"{self.work}/data.safetensors", f"{self.work}/outputs.safetensors"
        safetensors.save(data, inputs)
        call(self.nnrun, "predict", model, "--data", data, "-o", outputs, *(["--weights", weights] if weights else []))
        return safetensors.load(outputs)


def run(path, inputs):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return dict(zip([output.name for output in session.get_outputs()], session.run(None, inputs)))


def random_inputs(path, classes, examples=3):
    """Inputs of an ONNX file, whose symbolic extents are the number of examples."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    generator = numpy.random.default_rng(7)
    inputs = {}
    for port in session.get_inputs():
        shape = [extent if isinstance(extent, int) else examples for extent in port.shape]
        if "int64" in port.type:
            inputs[port.name] = generator.integers(0, classes.get(port.name, 2), shape).astype(numpy.int64)
        elif "bool" in port.type:
            inputs[port.name] = generator.integers(0, 2, shape).astype(bool)
        else:
            inputs[port.name] = generator.uniform(-2, 2, shape).astype(numpy.float32)
    return inputs


def examples_first(path, values):
    """Tensors with the axis of the examples, the symbolic one, as first axis, as nnrun has them."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    moved = {}
    for port in session.get_inputs() + session.get_outputs():
        if port.name in values:
            axis = next((axis for axis, extent in enumerate(port.shape) if isinstance(extent, str)), 0)
            value = numpy.moveaxis(values[port.name], axis, 0)
            moved[port.name] = numpy.ascontiguousarray(value.astype(numpy.float32) if value.dtype == bool else value)
    return moved


def declared_classes(text):
    found = re.finditer(r"input\s+(\w+)\s*:\s*(?:\[[^\]]*\]\s*of\s*)?class\((\d+)\)", text)
    return {entry[1]: int(entry[2]) for entry in found}


def compare(expected, found, tolerance=2e-5):
    """Raises where two sets of named tensors differ by more than rounding."""
    if set(expected) != set(found):
        raise Trouble(f"outputs {sorted(found)}, not {sorted(expected)}")
    for name, wanted in expected.items():
        if wanted.shape != found[name].shape:
            raise Trouble(f"'{name}' has the shape {found[name].shape}, not {wanted.shape}")
        with numpy.errstate(all="ignore"):
            same = (wanted == found[name]) | (numpy.isnan(wanted) & numpy.isnan(found[name]))
            error = numpy.where(same, 0, abs(wanted - found[name]) / (1 + abs(wanted)))
        if error.size and not error.max() <= tolerance:
            raise Trouble(f"'{name}' differs by {error.max():.1e}")
