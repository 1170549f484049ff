"""All that is compared of one seed."""
import shutil
from collections import Counter
from dataclasses import dataclass, field

from . import verdict
from .generator import generate
from .programs import Refused, save
from .training import Recipe


@dataclass
class Trial:
    """What came of a seed. `disagreements` are sentences; `unclear` counts results of which two right ones may differ as much."""

    seed: int
    disagreements: list = field(default_factory=list)
    compared: int = 0
    unclear: int = 0
    is_finite: bool = True
    tags: Counter = field(default_factory=Counter)


class Trials:
    def __init__(self, nnrun, flavours, threads, size):
        self._nnrun, self._flavours, self._threads, self._size = nnrun, flavours, threads, size

    def run(self, seed):
        trial = Trial(seed)
        self._model, self._data, self._weights, self._directions = generate(seed, self._size)
        trial.tags.update({call.tag for call in self._model.calls()})
        self._write()
        self._compare_derivatives(trial)
        if seed % 3 == 0:
            self._compare_use(trial)
        if seed % 4 == 0:
            self._compare_training(trial, Recipe(seed))
        return trial

    def _write(self):
        folder = self._nnrun.folder
        (folder / "model.nn").write_text(self._model.text())
        for name, arrays in (("data", self._data), ("weights", self._weights), ("direction", self._directions)):
            save(folder / f"{name}.safetensors", arrays)

    def _judge(self, trial, expectation, found, precision, where):
        wrong, unclear = expectation.compare(found, precision)
        trial.compared += len(expectation.tensors)
        trial.unclear += len(unclear)
        if wrong:
            more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            trial.disagreements.append(f"{where}: {wrong[0]}{more}")

    def _compare_derivatives(self, trial):
        expectation = verdict.of_training(self._model, self._data, self._weights, self._directions)
        trial.is_finite = expectation.is_finite
        if not trial.is_finite:
            return
        options = {"data": "data.safetensors"} if self._data else {}
        if self._weights:
            options["weights"] = "weights.safetensors"
        if self._directions:
            options |= {"jvp": "direction.safetensors", "hvp": "direction.safetensors"}
        for index, precision in enumerate(("f64", "f32")):
            first = None  # what all others have to be bit for bit
            # The system's compiler takes seconds: beside the other, it has one precision of each model.
            for jit in self._flavours if trial.seed % 2 == index else self._flavours[:1]:
                for threads in self._threads if first is None else self._threads[-1:]:
                    where = f"grad --dtype {precision} --jit {jit} --threads {threads}"
                    try:
                        found = self._nnrun.run("grad", "model.nn", "g.safetensors", dtype=precision, jit=jit, threads=threads, **options)
                    except Refused as refusal:
                        trial.disagreements.append(str(refusal))
                        continue
                    if first is None:
                        first = (where, found)
                        self._judge(trial, expectation, found, precision, where)
                        continue
                    others = verdict.same_bits(first[1], found)
                    if others:
                        trial.disagreements.append(f"{where}: not the bits of {first[0]}: {', '.join(others[:4])}")
                        self._judge(trial, expectation, found, precision, where)

    def _compare_use(self, trial):
        """Predictions, of which the last batch is mostly not full."""
        if not self._data:
            return
        expectation = verdict.of_use(self._model, self._data, self._weights)
        if not expectation.is_finite:
            return
        options = {"weights": "weights.safetensors"} if self._weights else {}
        try:
            found = self._nnrun.run("predict", "model.nn", "p.safetensors", data="data.safetensors", dtype="f64", **options)
        except Refused as refusal:
            trial.disagreements.append(str(refusal))
            return
        self._judge(trial, expectation, found, "f64", f"predict --dtype f64, batches of {self._model.batch}")

    def _compare_training(self, trial, recipe):
        folder = self._nnrun.folder
        (folder / "recipe.nn").write_text(recipe.text())
        save(folder / "recipe-data.safetensors", recipe.data)
        save(folder / "recipe-weights.safetensors", recipe.weights)
        for threads in self._threads[:1] if trial.seed % 8 else self._threads[-1:]:
            shutil.rmtree(folder / "recipe.run", ignore_errors=True)
            try:
                found = self._nnrun.run("train", "recipe.nn", "recipe.run/weights.safetensors", dtype="f64", threads=threads,
                                        data="recipe-data.safetensors", weights="recipe-weights.safetensors")
            except Refused as refusal:
                trial.disagreements.append(str(refusal))
                continue
            where = f"train recipe.nn ({recipe.optimizer}, {recipe.schedule}, {recipe.steps} steps)"
            self._judge(trial, recipe.expectation(), found, "f64", where)

