"""Trains a network on digits, then uses the weights of another one. Usage: main.py DIGITS.csv.gz WEIGHTS EXPECTED"""

import gzip
import sys

import digits
import numpy as np

data_path, weights_path, expected_path = sys.argv[1:]
with gzip.open(data_path, "rt") as file:
    table = np.loadtxt(file, delimiter=",", skiprows=1)
images, labels = table[:, :-1], table[:, -1].astype(int)


def accuracy(probability: np.ndarray) -> float:
    return float((probability.argmax(axis=1) == labels).mean())


model = digits.Model(seed=7)
order = np.random.default_rng(7)
for epoch in range(10):
    rows = order.permutation(len(labels))
    losses = [
        model.step(images[part], labels[part], rate=0.05)
        for part in np.array_split(rows, len(rows) // digits.BATCH + 1)
    ]
print(f"loss {np.mean(losses):.4f} after {model.steps} steps, {accuracy(model.infer(images)):.1%} recognised")

loss, gradients = model.grad(images[:8], labels[:8])
print(f"loss {loss:.4f} of eight digits; gradients of {', '.join(gradients)}")

model.load(weights_path)
expected = digits.load_tensors(expected_path)["probability"]
print(f"{accuracy(expected):.1%} recognised by the weights of {weights_path}")
for said in (model.infer(images), digits.predict(images), np.stack([digits.predict(image) for image in images])):
    if not np.array_equal(said, expected):
        sys.exit("not the same bits as nnrun predict")
print("the same bits as nnrun predict")
