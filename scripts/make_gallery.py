"""Writes examples/data/gallery.csv.gz from examples/data/digits.csv.gz: pictures to be recognised among ten others, one of each digit.

    python3 scripts/make_gallery.py

A row is the query's pixels, those of the ten pictures in the order of their digits, and the query's digit. The same digits give the same bytes.
"""

import csv
import gzip
import pathlib
import random

ROWS = 400
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "examples" / "data"


def rows(digits):
    yield [f"query_{i}" for i in range(64)] + [f"gallery_{d}_{i}" for d in range(10) for i in range(64)] + ["digit"]
    generator = random.Random(7)
    by_digit = [[row[:64] for row in digits if row[64] == str(d)] for d in range(10)]
    for number in range(ROWS):
        digit = number % 10
        query = generator.choice(by_digit[digit])
        others = [generator.choice([row for row in by_digit[d] if row is not query]) for d in range(10)]
        yield query + [pixel for other in others for pixel in other] + [digit]


def main():
    with gzip.open(FOLDER / "digits.csv.gz", "rt") as file:
        digits = list(csv.reader(file))[1:]
    text = "".join(",".join(map(str, row)) + "\n" for row in rows(digits))
    with open(FOLDER / "gallery.csv.gz", "wb") as raw, gzip.GzipFile("", "wb", compresslevel=9, fileobj=raw, mtime=0) as archive:
        archive.write(text.encode())


if __name__ == "__main__":
    main()
