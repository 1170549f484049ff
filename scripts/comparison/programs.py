"""nnrun, and the files that it reads and writes."""
import json
import os
import struct
import subprocess

import numpy

SECONDS = 300
TYPES = {"F32": numpy.float32, "F64": numpy.float64, "I64": numpy.int64}
NAMES = {numpy.dtype(kind): name for name, kind in TYPES.items()}


class Failure(Exception):
    """What keeps the comparison from going on, in words for the one who runs it."""


class Refused(Exception):
    """nnrun did not do what it was asked for."""


def save(path, arrays):
    """As safetensors: the length of a header in JSON, the header, the numbers."""
    header, blobs, place = {}, [], 0
    for name, array in arrays.items():
        blob = numpy.asarray(array, order="C").tobytes()
        header[name] = {"dtype": NAMES[array.dtype], "shape": list(array.shape), "data_offsets": [place, place + len(blob)]}
        place += len(blob)
        blobs.append(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def load(path):
    content = path.read_bytes()
    length, = struct.unpack_from("<Q", content)
    header, numbers = json.loads(content[8:8 + length]), content[8 + length:]
    header.pop("__metadata__", None)
    return {name: numpy.frombuffer(numbers[slice(*entry["data_offsets"])], TYPES[entry["dtype"]]).reshape(entry["shape"])
            for name, entry in header.items()}


class Nnrun:
    """The program, in a folder of its own, where compiled programs are kept too."""

    def __init__(self, programs, folder):
        self._path, self.folder = programs / "nnrun", folder
        self._environment = os.environ | {"XDG_CACHE_HOME": str(folder / "cache")}
        if not os.access(self._path, os.X_OK):
            raise Failure(f"there is no {self._path}: 'make' builds it, and --bin names its folder")

    def run(self, command, model, output, **options):
        """The tensors that it writes to `output`."""
        words = [command, model, "-o", output.split("/")[0], "-q"]
        for name, value in options.items():
            words += [f"--{name}", str(value)]
        try:
            done = subprocess.run([self._path, *words], cwd=self.folder, env=self._environment, capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise Refused(f"nnrun {' '.join(words)}: no end after {SECONDS} s") from None
        if done.returncode != 0:
            message = (done.stderr + done.stdout).strip()[-600:] or "no message"
            raise Refused(f"nnrun {' '.join(words)}: exit code {done.returncode}: {message}")
        return load(self.folder / output)
