"""Who takes part: nncc through either compiler, the rivals that are installed, and the machine itself."""
import ctypes.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from workloads import HERE

# Script, module that has to be there, modes, whether it trains, and whether it is for more than dense layers.
RIVALS = [
    ("numpy", "numpy", ("",), True, False),
    ("torch", "torch", ("",), True, False),
    ("jax", "jax", ("call", "loop"), True, False),
    ("onnxruntime", "onnxruntime", ("",), False, False),
    ("torch_nets", "torch", ("eager", "channels_last", "compiled", "whole"), True, True),
]
SECONDS = 0.5

# PyTorch's guide to performance advises it: the C library gives large blocks back, and gets them anew in each step.
ALLOCATOR = ctypes.util.find_library("tcmalloc_minimal")


class Failure(Exception):
    """A contestant that did not answer, in words for the one who runs the benchmark."""


def cores(count):
    """The cores for so many threads: the last ones, as the first is where a machine's other work tends to be."""
    return sorted(os.sched_getaffinity(0))[-count:]


def _last_words(text):
    return (text.strip().splitlines() or ["no message"])[-1]


class Ours:
    """`nnrun bench`, a process each time: its start is part of nothing that is timed but `start_seconds`."""

    def __init__(self, programs, jit, workload, threads):
        self.name, self.is_ours = f"nncc {jit}", True
        self._cores = cores(threads)
        self._command = [programs / "nnrun", "bench", workload.path, "--json", "--jit", jit, "--threads", str(threads)]
        self._command += ["--entry", workload.entry, "--batch", str(workload.batch)]
        for name, value in workload.settings:
            self._command += ["--set", f"{name}={value}"]
        self._run("--steps", "1")  # fills the cache of compiled programs
        begun = time.perf_counter()
        self._run("--steps", "1")
        self.start_seconds = time.perf_counter() - begun

    def measure(self):
        record = self._run()
        return record["median_us"], record["min_us"]

    def end(self):
        """Nothing is left running between turns."""

    def _run(self, *more):
        done = subprocess.run(
            [*self._command, *more], capture_output=True, text=True, preexec_fn=lambda: os.sched_setaffinity(0, self._cores)
        )
        if done.returncode != 0:
            raise Failure(f"{self.name}: {_last_words(done.stderr + done.stdout)}")
        return json.loads(done.stdout)


class Rival:
    """A script of rivals/, which stays and answers whenever its turn comes."""

    def __init__(self, python, script, mode, workload, threads):
        self.name, self.is_ours = f"{script} {mode}".strip(), False
        command = [python, HERE / "rivals" / f"with_{script}.py", workload.name, "--threads", str(threads)]
        self._errors = tempfile.TemporaryFile("w+")
        begun = time.perf_counter()
        self._process = subprocess.Popen(
            command + (["--mode", mode] if mode else []),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True,
            env={**os.environ, "LD_PRELOAD": ALLOCATOR} if ALLOCATOR and script in ("torch", "torch_nets", "jax") else None,
        )
        self.loss = self._answer()["loss"]
        self.start_seconds = time.perf_counter() - begun

    def measure(self):
        self._process.stdin.write(f"{SECONDS}\n")
        self._process.stdin.flush()
        record = self._answer()
        return record["median_us"], record["min_us"]

    def end(self):
        self._process.stdin.close()
        self._process.wait()

    def _answer(self):
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            raise Failure(f"{self.name}: {_last_words(self._errors.read())}")
        return json.loads(line)


def installed_rivals(python):
    """Those of RIVALS whose module this Python has."""
    if python is None:
        return []
    modules = sorted({rival[1] for rival in RIVALS})
    program = f"import importlib.util as u; print(*(m for m in {modules!r} if u.find_spec(m)))"
    found = subprocess.run([python, "-c", program], capture_output=True, text=True)
    if found.returncode != 0:
        raise Failure(f"{python}: {_last_words(found.stderr)}")
    return [rival for rival in RIVALS if rival[1] in found.stdout.split()]


def loss_of_ours(programs, python, workload):
    """The loss at the weights and on the batch that the rivals have, as nnrun sees it."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, HERE / "rivals" / "contest.py", workload.name, folder], check=True)
        command = [programs / "nnrun", "eval", workload.path, "--json"]
        command += ["--weights", f"{folder}/weights.safetensors", "--data", f"{folder}/batch.safetensors"]
        for name, value in workload.settings:
            command += ["--set", f"{name}={value}"]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"nnrun eval: {_last_words(done.stderr + done.stdout)}")
    return json.loads(done.stdout)["loss"]


class Machine:
    """What the figures are a part of: limits.c and products.c, compiled for here."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        # clang is what the kernels in nnrun were compiled with; it comes with Swift.
        self._compiler = os.environ.get("CC") or shutil.which("clang") or "cc"
        self._programs = {name: self._compile(name) for name in ("limits", "products")}

    def gigaflops(self, threads):
        """The rate of multiply-adds now, the median and the best of some tries; None without a compiler."""
        records = self._run("limits", threads, str(threads), "fma")
        return (records[0]["gflops"], records[0]["gflops_best"]) if records else None

    def limits(self, threads):
        records = self._run("limits", threads, str(threads))
        return records[0] if records else None

    def products(self):
        return self._run("products", 1)

    def _compile(self, name):
        program = Path(self._folder.name) / name
        command = [self._compiler, "-w", "-O3", "-march=native", "-pthread", HERE / f"{name}.c", "-o", program]
        try:
            subprocess.run(command, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"bench: {name}.c cannot be compiled, its figures are left out: {error}", file=sys.stderr)
            return None
        return program

    def _run(self, name, threads, *arguments):
        if self._programs[name] is None:
            return []
        done = subprocess.run(
            [self._programs[name], *arguments], capture_output=True, text=True, check=True,
            preexec_fn=lambda: os.sched_setaffinity(0, cores(threads)),
        )
        return [json.loads(line) for line in done.stdout.splitlines()]
