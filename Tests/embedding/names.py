"""Models whose inputs, targets and outputs are called like the words of their own wrappers: these compile and run all the same.

Usage: names.py FOLDER-OF-NNCC FOLDER-TO-WRITE
"""

import importlib
import inspect
import os
import re
import subprocess
import sys

import numpy as np

NNCC = os.path.join(sys.argv[1], "nncc")
FOLDER = sys.argv[2]
ENTRIES = "init,infer,loss,grad,step,update,predict,predict_batch"
#: What the C library defines as macros cannot be arguments of its functions.
MACROS = {"NULL", "EOF", "EXIT_SUCCESS", "EXIT_FAILURE"}
#: The wrapper, and how many names a model of it has at most: Swift nests a closure for each.
LANGUAGES = {"cpp": ("plain.hpp", 1000), "example": ("main.c", 1000), "python": ("plain.py", 1000), "swift": ("plain.swift", 8)}


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "CFLAGS": "-O0"})
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)[:300]}\n{done.stdout[:2000]}{done.stderr[:2000]}")


def model(inputs, targets, outputs):
    lines = [f"input {name}: [2]" for name in inputs] + [f"target {name}: [2]" for name in targets] + ["param zq_k: [2] = 1"]
    lines += ["zq_r = zq_k * (" + " + ".join(inputs) + ")"]
    lines += ["loss " + " + ".join(f"squared_error(zq_r, {name})" for name in targets)]
    return "\n".join(lines + [f"output {name} = zq_r + {index}" for index, name in enumerate(outputs)]) + "\n"


def write(name, language, text):
    """Returns the folder that the wrapper of the model is in."""
    folder = os.path.join(FOLDER, language, name)
    os.makedirs(folder)
    path = os.path.join(folder, name + ".nn")
    with open(path, "w") as file:
        file.write(text)
    run(NNCC, path, "-o", folder, "--entry", ENTRIES, "--emit", language, "-q")
    return folder


def call(function):
    parameters = inspect.signature(function).parameters.values()
    names = [p.name for p in parameters if p.kind == p.POSITIONAL_OR_KEYWORD and p.default is p.empty]
    return function(**{name: np.ones((3, 2)) for name in names})


def check_python(folder, name):
    sys.path.insert(0, folder)
    module = importlib.import_module(name)
    model = module.Model(1)
    for function in (model.infer, model.loss, model.grad, model.step, module.predict):
        call(function)


def check(language, folders):
    for name, folder in folders.items():
        wrapper = os.path.join(folder, LANGUAGES[language][0].replace("plain", name))
        if language == "cpp":
            run("c++", "-std=c++17", "-fsyntax-only", "-Wall", "-Wextra", "-x", "c++", wrapper)
        elif language == "example":
            run("cc", "-std=c99", "-fsyntax-only", "-Wall", "-Wextra", wrapper)
        elif language == "python":
            check_python(folder, name)
    if language == "swift":
        includes = [option for folder in folders.values() for option in ("-I", folder)]
        run("swiftc", "-typecheck", "-swift-version", "6", *includes, *(f"{folder}/{name}.swift" for name, folder in folders.items()))


for language, (wrapper, most) in LANGUAGES.items():
    plain = write("plain", language, model(["zq_x"], ["zq_t"], ["zq_y"]))
    with open(os.path.join(plain, wrapper)) as file:
        words = sorted(set(re.findall(r"[A-Za-z_]\w*", file.read())) - MACROS)
    words = [word for word in words if "plain" not in word.lower() and not word.startswith("zq_")]
    folders = {}
    for start in range(0, len(words), most):
        part = words[start : start + most]
        for role, text in (
            ("inputs", model(part, ["zq_t"], ["zq_y"])),
            ("targets", model(["zq_x"], part, ["zq_y"])),
            ("outputs", model(["zq_x"], ["zq_t"], part)),
        ):
            name = f"zq_{role}{start}"
            folders[name] = write(name, language, text)
    check(language, folders)
print("every name can be used")
