"""Networks that PyTorch wrote: what they become computes what PyTorch computed. Usage: recorded.py PROGRAMS WORK FIXTURES INTERCHANGE.md"""
import glob
import os
import re
import shutil
import sys

import safetensors
from programs import Programs, compare


def check_network(programs, path, work):
    copy = f"{work}/{os.path.basename(path)}"
    shutil.copy(path, copy)
    expected = safetensors.load(path.split(".")[0] + ".safetensors")
    inputs = {"x": expected.pop("x")}
    compare(expected, programs.predict(*programs.bring_over(copy), inputs))


def check_state(programs, folder, document, work):
    """The renaming in the document, as it stands there."""
    section = open(document).read().split("## Weights of a PyTorch model")[1]
    model, weights = f"{work}/layers.nn", f"{work}/layers.safetensors"
    with open(model, "w") as file:
        file.write(re.search(r"```nn\n(.*?)```", section, re.S)[1])
    names = {"state": safetensors.load(f"{folder}/layers.state.safetensors")}
    exec(re.search(r"```python\n(weights = .*?)```", section, re.S)[1], names)
    safetensors.save(weights, names["weights"])
    expected = safetensors.load(f"{folder}/layers.safetensors")
    inputs = {"x": expected.pop("x")}
    compare(expected, programs.predict(model, weights, inputs))


def main():
    folder, work = sys.argv[3], sys.argv[2]
    programs, failures = Programs(sys.argv[1], work), 0
    paths = sorted(glob.glob(f"{folder}/*.onnx"))
    checks = [(path, lambda path=path: check_network(programs, path, work)) for path in paths]
    checks.append(("state dict", lambda: check_state(programs, folder, sys.argv[4], work)))
    for name, check in checks:
        try:
            check()
        except Exception as trouble:
            failures += 1
            print(f"{name}: {str(trouble)[:500]}")
    print(f"{len(checks)} networks of PyTorch, {failures} wrong")
    return 1 if failures or len(paths) < 10 else 0


sys.exit(main())
