"""What every rival's script shares: its place on the machine, the weights and the data it starts from, and the timing.

A script prints one line of JSON when its first call is done, then waits. For every line it reads it times its calls for
so many seconds and answers with another line. So the contestants can take turns, and none is timed while it imports.
"""
import argparse
import json
import os
import struct
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from workloads import workload_named  # noqa: E402

MOMENTUM, BETA1, BETA2, EPSILON = 0.9, 0.9, 0.999, 1e-8
GROUP_SECONDS = 0.001


def enter(*modes):
    """The workload, the number of threads and the mode asked for. To be called before a library starts its own threads:
    a script with one thread gets one core, so that no library works on a second one behind its back."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workload")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--mode", choices=modes or ("",), default=modes[0] if modes else "")
    arguments = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))[-arguments.threads :]
    os.sched_setaffinity(0, cores)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(arguments.threads)
    return workload_named(arguments.workload), arguments.threads, arguments.mode


def weights(workload):
    """The same for every contestant: a list of (weight [out, in], bias [out])."""
    import numpy

    draw = numpy.random.default_rng(1)
    result = []
    for inputs, outputs in workload.layers:
        weight = draw.random((outputs, inputs), dtype=numpy.float32) - numpy.float32(0.5)
        result.append((weight * numpy.float32(2 / inputs**0.5), numpy.zeros(outputs, numpy.float32)))
    return result


def named_weights(workload):
    """The same by name, in nncc's layouts, of any net: what scales begins at 1, what shifts at 0."""
    import numpy

    if not workload.is_net:
        pairs = enumerate(weights(workload), 1)
        return {f"dense{index}.{role}": part for index, pair in pairs for role, part in zip(("weight", "bias"), pair)}
    draw, named = numpy.random.default_rng(1), {}
    for name, shape in workload.parameters:
        role = name.split(".")[1]
        if role.startswith("weight"):
            bound = numpy.float32((6 / numpy.prod(shape[1:])) ** 0.5)
            named[name] = (2 * draw.random(shape, dtype=numpy.float32) - 1) * bound
        else:
            named[name] = numpy.full(shape, role in ("scale", "variance"), numpy.float32)
    return named


def batch(workload):
    """The same for every contestant: inputs, and classes or 0 and 1."""
    import numpy

    draw = numpy.random.default_rng(2)
    x = draw.standard_normal((workload.batch, *workload.input_shape), dtype=numpy.float32)
    if workload.loss == "binary cross entropy":
        return x, draw.integers(0, 2, (workload.batch, 1)).astype(numpy.float32)
    return x, draw.integers(0, workload.widths[-1], workload.batch).astype(numpy.int32)


def answer(**record):
    print(json.dumps(record), flush=True)


def compete(call, wait=lambda: None, loss=None, calls_in_one=1):
    """Times `call` whenever asked to. `call` may leave work under way, which `wait` waits for."""
    call()
    wait()
    answer(loss=loss)
    for line in sys.stdin:
        times = sorted(_times(call, wait, float(line)))
        answer(median_us=times[len(times) // 2] / calls_in_one * 1e6, min_us=times[0] / calls_in_one * 1e6)


def _times(call, wait, seconds):
    """Seconds a call takes, in groups of calls of at least a millisecond."""

    def group(size):
        begun = time.perf_counter()
        for _ in range(size):
            call()
        wait()
        return time.perf_counter() - begun

    size = 1
    while (took := group(size)) < GROUP_SECONDS:
        size = max(size + 1, min(8 * size, int(1.2 * GROUP_SECONDS * size / took) + 1))
    end = time.perf_counter() + seconds
    times = []
    while len(times) < 5 or time.perf_counter() < end:
        times.append(group(size) / size)
    return times


def write_safetensors(path, tensors):
    """For nnrun, so that it can be seen to compute the same."""
    kinds = {"float32": "F32", "int32": "I32"}
    header, parts, end = {}, [], 0
    for name, tensor in tensors.items():
        part = tensor.tobytes()
        header[name] = {"dtype": kinds[str(tensor.dtype)], "shape": tensor.shape, "data_offsets": [end, end + len(part)]}
        parts.append(part)
        end += len(part)
    text = json.dumps(header).encode()
    Path(path).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))


def main():
    """Writes what everybody starts from: contest.py WORKLOAD FOLDER gives weights.safetensors and batch.safetensors."""
    workload, folder = workload_named(sys.argv[1]), Path(sys.argv[2])
    write_safetensors(folder / "weights.safetensors", named_weights(workload))
    x, t = batch(workload)
    write_safetensors(folder / "batch.safetensors", {"x": x, "t": t})


if __name__ == "__main__":
    main()
