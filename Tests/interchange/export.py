"""ONNX files that nncc writes, run by ONNX Runtime and brought back: the outputs have to be those of nnrun. Usage: export.py PROGRAMS WORK OPERATIONS.md MODEL..."""
import re
import sys

from programs import Programs, Trouble, compare, declared_classes, random_inputs, run


def check(programs, model):
    weights = programs.random_weights(model)
    path = programs.export(model, weights)
    inputs = random_inputs(path, declared_classes(open(model).read()))
    found = run(path, inputs)
    compare(programs.predict(model, weights, inputs), found)
    again, weights = programs.bring_over(path)
    compare(found, programs.predict(again, weights, inputs))


def samples(document):
    """A model for each call in the reference of functions."""
    for line in open(document):
        entry = re.match(r"- `(.+?)`(?: with `(.+)`)?$", line.strip())
        if not entry or entry[1].startswith("root_mean"):
            continue
        call, ports = entry[1], re.split(r", (?=\w+: )", entry[2]) if entry[2] else []
        for port in ports:
            call = re.sub(rf"(?<![\w.]){port.split(':')[0]}(?!\w|:|\()", f"in_{port.split(':')[0]}", call)
        declarations = "".join(f"input in_{port}\n" for port in ports)
        if not ports:
            declarations, call = "input in_x: [2]\n", f"in_x[0] + {call}"
        names = ["y", "z"] if call.startswith("lstm_cell") else ["y"]
        target = f"({', '.join(names)})" if len(names) > 1 else names[0]
        yield entry[1], declarations + f"{target} = {call}\n" + "".join(f"output {name}\n" for name in names)


SAME_TENSORS = [
    "input x: [3]\na = tanh(x)\nb = stop(a)\noutput a\noutput b\noutput z = a + 1\n",
    "input x: [4]\na = tanh(x)\nb = upsample(reshape(a, [1, 2, 2]), 1)\nc = reshape(b, [4])\noutput c\noutput a\noutput b\n",
    "input x: [3]\ns = sum(x) - 4\noutput n = norm(s)\noutput m = norm(s, keep: true)\n",
]


def main():
    programs, failures, count = Programs(sys.argv[1], sys.argv[2]), 0, 0
    models = [(model, model) for model in sys.argv[4:]]
    for number, (call, text) in enumerate(list(samples(sys.argv[3])) + [(text, text) for text in SAME_TENSORS]):
        path = f"{sys.argv[2]}/sample{number}.nn"
        with open(path, "w") as file:
            file.write(text)
        models.append((call, path))
    for name, path in models:
        count += 1
        try:
            check(programs, path)
        except Exception as trouble:
            failures += 1
            print(f"{name}: {trouble if isinstance(trouble, Trouble) else repr(trouble)[:600]}")
    print(f"{count} models as ONNX files, {failures} wrong")
    return 1 if failures or count < 100 else 0


sys.exit(main())
