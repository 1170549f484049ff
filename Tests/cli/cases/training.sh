# nnrun train, eval, predict and bench: runs, resuming, signals.
run 0 "$nnrun" train examples/xor.nn -o "$work/xor.run" --json
says '"epochs": 200'
has_file "$work/xor.run/weights.safetensors"
has_file "$work/xor.run/metrics.jsonl"
run 3 "$nnrun" train examples/xor.nn -o "$work/xor.run"
warns "--resume"
rows='rows(x: [[0, 0], [0, 1], [1, 0], [1, 1]], t: [[0], [1], [1], [0]])'
run 0 "$nnrun" eval examples/xor.nn --weights "$work/xor.run/weights.safetensors" --data "$rows" --json
says '"right": 1'
run 0 "$nnrun" predict examples/xor.nn --weights "$work/xor.run/weights.safetensors" --data "$rows" -o "$work/p.safetensors"
has_file "$work/p.safetensors"
run 0 "$nnrun" predict examples/xor.nn --weights "$work/xor.run/weights.safetensors" --data 'rows(x: [[0, 1]])' --json
says '"probability": [[0.9'
run 0 "$nnrun" predict examples/xor.nn --weights "$work/xor.run/weights.safetensors" --data "$rows" --format csv
says 'probability'
check "prints a line for each example" test "$(wc -l <"$work/out")" -eq 5
run 0 "$nnrun" predict examples/xor.nn --weights "$work/xor.run/weights.safetensors" --data "$rows" -o "$work/p.jsonl"
check "writes a line for each example" test "$(grep -c '^{"probability": ' "$work/p.jsonl")" -eq 4
run 2 "$nnrun" predict examples/xor.nn --weights "$work/xor.run/weights.safetensors" --data "$rows" --format safetensors
warns "-o FILE"
printf 'x0,x1\n0,1\n1,1\n' >"$work/new.csv"
case="nnrun predict, from standard input"
"$nnrun" predict examples/xor.nn --weights "$work/xor.run/weights.safetensors" --data - --format jsonl <"$work/new.csv" >"$work/out" 2>"$work/err"
check "prints a line for each example" test "$(wc -l <"$work/out")" -eq 2
run 3 "$nnrun" eval examples/xor.nn --weights "$work/absent.safetensors" --data "$rows"

# Nothing that is read is written over, and no file is written whose kind is not known.
cp "$work/new.csv" "$work/kept.csv"
ln -s kept.csv "$work/alias.csv"
cp "$work/xor.run/weights.safetensors" "$work/kept.safetensors"
run 2 "$nnrun" predict examples/xor.nn --weights "$work/kept.safetensors" --data "$work/kept.csv" -o "$work/alias.csv"
warns "would be written over"
run 2 "$nnrun" predict examples/xor.nn --weights "$work/kept.safetensors" --data "csv(\"$work/kept.csv\")" -o "$work/kept.csv"
run 2 "$nnrun" predict examples/xor.nn --weights "$work/kept.safetensors" --data "$rows" -o "$work/kept.safetensors"
run 2 "$nnrun" grad examples/xor.nn --weights "$work/kept.safetensors" -o "$work/kept.safetensors"
cp examples/xor.nn "$work/piped.nn"
case="nnrun grad, of a model from standard input, to that file"
"$nnrun" grad - -o "$work/piped.nn" <"$work/piped.nn" >"$work/out" 2>"$work/err"
check "is refused" test $? -eq 2
check "keeps the model" cmp -s examples/xor.nn "$work/piped.nn"
check "keeps what it read" cmp -s "$work/new.csv" "$work/kept.csv"
check "keeps the weights" cmp -s "$work/xor.run/weights.safetensors" "$work/kept.safetensors"
run 2 "$nnrun" predict examples/xor.nn --weights "$work/kept.safetensors" --data "$rows" -o "$work/p.json"
warns ".jsonl"
has_no_file "$work/p.json"

# A run begins with weights that are there; a checkpoint that is lost is no reason to lose the weights, too.
run 0 "$nnrun" train examples/xor.nn -o "$work/tuned.run" --weights "$work/kept.safetensors" --epochs 1 --json
check "begins where the other run ended" grep -q '"loss": 0\.0' "$work/out"
rm "$work/tuned.run/checkpoint"
cp "$work/tuned.run/weights.safetensors" "$work/tuned.safetensors"
run 3 "$nnrun" train examples/xor.nn -o "$work/tuned.run" --resume
warns "no checkpoint to go on from"
check "keeps the weights" cmp -s "$work/tuned.safetensors" "$work/tuned.run/weights.safetensors"
rm "$work/tuned.run/weights.safetensors"
run 0 "$nnrun" train examples/xor.nn -o "$work/tuned.run" --resume --epochs 2 -q
check "begins anew where a run was killed early" test "$(wc -l <"$work/tuned.run/metrics.jsonl")" -eq 2
run 0 "$nnrun" train examples/xor.nn -o "$work/tuned.run" --resume --epochs 3 --weights "$work/absent.safetensors"
warns "goes on from its checkpoint"
run 1 "$nnrun" eval examples/digits.nn --weights "$work/xor.run/weights.safetensors" --data examples/data/digits.csv.gz

# A classifier is judged by class, whatever its data and its scale.
sed 's/batch     32/batch 32; normalize zero_one; patience 2/' examples/digits.nn >"$work/scaled.nn"
cp -r examples/data "$work/"
run 0 "$nnrun" train "$work/scaled.nn" -o "$work/scaled.run" --epochs 3 -q
run 0 "$nnrun" eval "$work/scaled.nn" --weights "$work/scaled.run/weights.safetensors"
says 'mostly taken for'
run 0 "$nnrun" eval "$work/scaled.nn" --weights "$work/scaled.run/weights.safetensors" --json
says '"classes": [{"class": 0, "examples": 178, "recall": 0.9'
run 1 "$nnrun" train "$work/scaled.nn" -o "$work/scaled.run" --resume --seed 8
run 1 "$nnrun" train "$work/scaled.nn" -o "$work/scaled.run" --resume --split 'validation: 0.3'
warns "other data to learn from"
run 0 "$nnrun" train "$work/scaled.nn" -o "$work/normalized.run" --epochs 1 --normalize mean_std -q
run 1 "$nnrun" eval examples/digits.nn --weights "$work/normalized.run/weights.safetensors"
warns "belongs into the train block"
run 1 "$nnrun" train "$work/scaled.nn" -o "$work/other.run" --augment flip
warns "no input is one"

# What was learnt about the data is in the C: both take raw inputs.
cat >"$work/raw.nn" <<'MODEL'
model raw
input  x: [2]
target t: []
y = sum(dense(x, 1))
loss   squared_error(y, t)
output y
train { data rows(x: [[100, 5], [300, 7], [250, 6]], t: [1, 2, 3]); normalize mean_std; epochs 50; batch 3; optimizer sgd(rate: 0.1) }
MODEL
cat >"$work/raw.c" <<'PROGRAM'
#include "raw/raw.h"
#include <stdio.h>
static float params[RAW_PARAMS], state[RAW_STATES];
static char workspace[RAW_WORKSPACE];
int main(void) {
  const float x[] = {200, 6, 300, 7};
  float y[2];
  raw_init(params, state, 1);
  raw_infer(params, state, 2, x, y, workspace);
  printf("%.6f %.6f\n", y[0], y[1]);
  return 0;
}
PROGRAM
run 0 "$nnrun" train "$work/raw.nn" -o "$work/raw.run" -q
run 0 "$nncc" "$work/raw.nn" --weights "$work/raw.run/weights.safetensors" -o "$work/raw"
run 0 cc -std=c99 -o "$work/raw.program" "$work/raw.c" "$work/raw/raw.c"
"$work/raw.program" >"$work/from_c"
run 0 "$nnrun" predict "$work/raw.nn" --weights "$work/raw.run/weights.safetensors" --data 'rows(x: [[200, 6], [300, 7]])' --format csv
check "predicts what the C computes" test "$(awk 'NR > 1 { printf "%.6f ", $1 }' "$work/out")" = "$(cat "$work/from_c") "

# Pictures by class, here of 8 x 8 pixels: light ones and dark ones.
for number in 1 2 3 4 5 6; do
  mkdir -p "$work/pictures/dark" "$work/pictures/light"
  printf 'P2 8 8 255 %s' "$(yes $((number * 10)) | head -64 | tr '\n' ' ')" >"$work/pictures/dark/$number.pgm"
  printf 'P2 8 8 255 %s' "$(yes $((number * 10 + 150)) | head -64 | tr '\n' ' ')" >"$work/pictures/light/$number.pgm"
done
printf 'input x: [1, 8, 8]\ntarget t: class(2)\ns = x |> flatten |> dense(2)\nloss cross_entropy(s, t)\nmetric accuracy(s, t)\noutput s\n' >"$work/light.nn"
printf 'train { data images("pictures"); normalize mean_std; augment flip, crop(1); batch 4; epochs 30 }\n' >>"$work/light.nn"
run 0 "$nnrun" train "$work/light.nn" -o "$work/light.run" --json
says '"accuracy": 1}'
printf 'P5 9 8 255 ' >"$work/pictures/light/7.pgm"
run 1 "$nnrun" train "$work/light.nn" -o "$work/light2.run"
warns "light/7.pgm: error: the picture has 9 x 8 pixels"

# Stopped and resumed is as if never stopped.
run 0 "$nnrun" train examples/digits.nn -o "$work/whole.run" --epochs 3 -q
run 0 "$nnrun" train examples/digits.nn -o "$work/parts.run" --epochs 3 --resume -q
check "resumes where there is nothing" cmp -s "$work/whole.run/weights.safetensors" "$work/parts.run/weights.safetensors"

for number in INT:130 TERM:143 HUP:129; do
  case="nnrun train, SIG${number%:*}"
  "$nnrun" train examples/digits.nn -o "$work/$number.run" --epochs 100000 >"$work/out" 2>"$work/err" </dev/null &
  process=$!
  tries=0
  until [ -s "$work/$number.run/metrics.jsonl" ] || [ "$tries" -ge 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill "-${number%:*}" "$process"
  wait "$process"
  code=$?
  check "ends with $code" test "$code" -eq "${number#*:}"
  check "saves a checkpoint" test -s "$work/$number.run/checkpoint"
  warns "--resume"
done
run 0 "$nnrun" bench examples/xor.nn --steps 1000 --json
says '"median_us": '

# Values that are nothing but states keep what they were before the call.
printf 'input x: []\nstate a: [] = 1\nstate b: [] = 2\nnext a = b + x\nnext b = a\nparam w = 1\noutput before = a\nloss w * a * b\n' >"$work/swap.nn"
printf 'train { data rows(x: [10, 20, 30]); batch 1; epochs 0; optimizer sgd(rate: 0) }\n' >>"$work/swap.nn"
run 0 "$nnrun" train "$work/swap.nn" -o "$work/swap.run" -q
run 0 "$nnrun" predict "$work/swap.nn" --weights "$work/swap.run/weights.safetensors" --data 'rows(x: [10, 20, 30])' --json
says '"before": [1, 12, 21]'

# The first example of each file remembers nothing.
printf 'x\n1\n2\n' >"$work/first.csv"
printf 'x\n3\n4\n' >"$work/second.csv"
printf 'input x: []\nstate a: [] = 0\nnext a = 10 * a + x\noutput y = 10 * a + x\ntrain { batch 1 }\n' >"$work/digits.nn"
run 0 "$nnrun" predict "$work/digits.nn" --data 'csv(["first.csv", "second.csv"])' --json
says '"y": [1, 12, 3, 34]'

# Examples to judge epochs by, and the result by, are not the same.
printf 'input x: [3]\nparam w = 1\nloss (w * sum(x))^2\n' >"$work/judged.nn"
printf 'train { data random(5); validation random(4); test random(4); optimizer sgd(rate: 0); epochs 1; seed 3 }\n' >>"$work/judged.nn"
run 0 "$nnrun" train "$work/judged.nn" -o "$work/judged.run" -q --json
check "judges twice by other examples" python3 -c '
import json, sys
result = json.load(open(sys.argv[1]))
sys.exit(result["validation"]["loss"] == result["test"]["loss"])' "$work/out"
cp "$work/out" "$work/judged.json"
run 0 "$nnrun" eval "$work/judged.nn" --weights "$work/judged.run/weights.safetensors" --json
check "is the loss of the test" python3 -c '
import json, sys
trained, judged = (json.load(open(path)) for path in sys.argv[1:])
sys.exit(trained["test"]["loss"] != judged["loss"])' "$work/judged.json" "$work/out"

# Nothing to judge by is told, once.
printf 'input x: []\ntarget y: []\nparam w = 1\nloss (log(x) * w - y)^2\ntrain { data rows(x: [1, 2], y: [1, 2])\n' >"$work/nan.nn"
printf 'validation rows(x: [-5, 2], y: [1, 2]); optimizer sgd(rate: 0.01); epochs 3; seed 1 }\n' >>"$work/nan.nn"
run 0 "$nnrun" train "$work/nan.nn" -o "$work/nan.run"
check "says it once" test "$(grep -c 'there is nothing to judge it by' "$work/err")" -eq 1

# A checkpoint that is damaged where it tells of the last epoch is named.
run 0 "$nnrun" train examples/xor.nn -o "$work/damaged.run" --epochs 2 -q
LC_ALL=C sed -i '0,/\\":/s//\\";/' "$work/damaged.run/checkpoint"
run 1 "$nnrun" train examples/xor.nn -o "$work/damaged.run" --resume --epochs 3
warns "damaged.run/checkpoint"
warns "it is damaged"

# Files may be too short for a program.
case="nnrun train, with short files"
(ulimit -f 8 && "$nnrun" train examples/xor.nn -o "$work/short.run") >"$work/out" 2>"$work/err"
check "ends with 1" test "$?" -eq 1
warns "too few for a program"
