"""Writes examples/wired.nn: a randomly wired network whose stages are Watts-Strogatz graphs.

    python3 scripts/make_wired.py --seed 4 > examples/wired.nn

A ring of nodes, each joined to its two neighbours on both sides, has each edge sent elsewhere with chance 0.75. Edges go from lower numbers to higher
ones. A node sums what comes in, weighted by trained numbers in 0...1, then is a rectifier, a convolution and a batch normalisation.
"""

import argparse
import random

NODES, NEIGHBOURS, CHANCE = 8, 4, 0.75
STAGES = [(8, 1), (16, 2)]

HEAD = """# A randomly wired network on digits: each stage is a Watts-Strogatz graph of convolutions, its edges weighted by trained numbers.
# Written by scripts/make_wired.py --seed {seed}.
#   nnrun train examples/wired.nn -o wired.run       about 97 % of the fifth held back

model wired

input  image: [64]
target digit: class(10)

block node(x, channels, stride = 1) {{
  return x |> relu |> conv(channels, kernel: 3, stride: stride, pad: 1, bias: false) |> batchnorm
}}

x = reshape(image / 16, [1, 8, 8])
"""

TAIL = """
scores = x |> relu |> global_avgpool |> dense(10)

loss   cross_entropy(scores, digit)
metric accuracy(scores, digit)
output probability = softmax(scores)

train {
  data      csv("data/digits.csv.gz", label: "digit")
  split     validation: 0.2
  optimizer adam(rate: 0.005)
  schedule  cosine(warmup: 20)
  batch     32
  epochs    15
  seed      7
}
"""


def edges(generator):
    """Of one stage: a connected ring, rewired, as pairs from a lower to a higher node."""
    found = set()
    for node in range(NODES):
        for step in range(1, NEIGHBOURS // 2 + 1):
            other = (node + step) % NODES
            if generator.random() < CHANCE:
                other = generator.choice([n for n in range(NODES) if n != node and (min(node, n), max(node, n)) not in found])
            found.add((min(node, other), max(node, other)))
    return sorted(found)


def stage(number, channels, stride, generator):
    pairs = edges(generator)
    lines = ["", f"# Stage {number}: {', '.join(f'{a}-{b}' for a, b in pairs)}."]
    for node in range(NODES):
        sources = [a for a, b in pairs if b == node]
        if not sources:
            lines.append(f"n{node} = x |> node({channels}, {stride})")
            continue
        if len(sources) > 1:
            lines.append(f"param s{number}_{node}: [{len(sources)}] = 0")
            terms = [f"sigmoid(s{number}_{node}[{i}]) * n{source}" for i, source in enumerate(sources)]
        else:
            terms = [f"n{sources[0]}"]
        lines.append(f"n{node} = {' + '.join(terms)} |> node({channels})")
    last = [n for n in range(NODES) if all(a != n for a, _ in pairs)]
    lines.append(f"x = ({' + '.join(f'n{n}' for n in last)}) / {len(last)}")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=4)
    seed = parser.parse_args().seed
    generator = random.Random(seed)
    lines = [line for number, (channels, stride) in enumerate(STAGES, 1) for line in stage(number, channels, stride, generator)]
    print(HEAD.format(seed=seed) + "\n".join(lines) + "\n" + TAIL, end="")


if __name__ == "__main__":
    main()
