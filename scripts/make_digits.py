"""Writes examples/data/digits.csv.gz from the copy of the UCI digits that scikit-learn brings.

    python3 -m venv venv && venv/bin/pip install scikit-learn && venv/bin/python scripts/make_digits.py

The same scikit-learn data gives the same bytes: the archive carries neither a time nor a file name.
"""

import gzip
import pathlib

from sklearn.datasets import load_digits

SIDE = 8
TARGET = pathlib.Path(__file__).resolve().parent.parent / "examples" / "data" / "digits.csv.gz"


def rows(digits):
    yield [f"pixel_{row}_{column}" for row in range(SIDE) for column in range(SIDE)] + ["digit"]
    for pixels, digit in zip(digits.data, digits.target):
        yield [*(int(count) for count in pixels), int(digit)]


def main():
    text = "".join(",".join(map(str, row)) + "\n" for row in rows(load_digits()))
    with open(TARGET, "wb") as raw, gzip.GzipFile("", "wb", compresslevel=9, fileobj=raw, mtime=0) as archive:
        archive.write(text.encode())


if __name__ == "__main__":
    main()
