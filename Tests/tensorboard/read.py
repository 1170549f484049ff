"""The event files of a run, read by TensorBoard, have to say what its metrics.jsonl does. Usage: read.py RUN"""
import json
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def wanted(lines):
    """For each tag, what it should be at each step."""
    tags = {}
    for line in lines:
        numbers = {"loss/learning": line["loss"], "rate": line["rate"], "epoch": line["epoch"]}
        for part in ("validation", "training"):
            for name, value in line.get(part, {}).items():
                numbers[f"{name}/{part}"] = value
        for kind in ("weight", "gradient"):
            for name, value in line.get(f"{kind}_norms", {}).items():
                numbers[f"{kind}_norm/{name}"] = value
        for tag, value in numbers.items():
            tags.setdefault(tag, []).append((line["step"], struct.unpack("f", struct.pack("f", value))[0]))
    return tags


run = sys.argv[1]
events = EventAccumulator(run, size_guidance={"scalars": 0}).Reload()
found = {tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
lines = [json.loads(line) for line in open(f"{run}/metrics.jsonl")]
expected = wanted(lines)
if found != expected:
    wrong = {tag for tag in found.keys() | expected.keys() if found.get(tag) != expected.get(tag)}
    sys.exit(f"these differ: {sorted(wrong)[:5]}, such as {found.get(min(wrong))} and {expected.get(min(wrong))}")
times = [event.wall_time for event in events.Scalars("epoch")]
if times != sorted(times):
    sys.exit("the times are not in order")
print(f"{len(found)} tags, {len(lines)} epochs")
