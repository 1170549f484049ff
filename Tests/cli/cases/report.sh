# nnrun report: the page in a real browser, and what is said while training.
browse() {
  case="browser, $1"
  address=$(python3 -c 'import sys; from urllib.parse import quote; print(quote("file://" + quote(sys.argv[1]), safe=""))' "$1")
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --allow-file-access-from-files --enable-logging=stderr \
    --virtual-time-budget=8000 --dump-dom "file://$PWD/Tests/report/frame.html?$address" >"$work/dom" 2>"$work/browser"
  sed -n '/<pre id="found">/,/<\/pre>/p' "$work/dom" | sed 's/.*<pre id="found">//' >"$work/out"
  grep CONSOLE "$work/browser" >"$work/err"
  check "has nothing to tell on the console" test ! -s "$work/err"
  check "looks at all of it" grep -q '^done$' "$work/out"
  for shown in "light 400" "dark 400" "light 1400" "dark 1400"; do
    says "$shown: ready, errors 0"
    says "$shown: overflow no, width ${shown#* }"
    says "$shown: too small 0"
  done
  check "has two backgrounds" test "$(grep -o 'background .*' "$work/out" | sort -u | wc -l)" -eq 2
  check "labels every picture" test "$(grep -c 'without a label' "$work/out")" -eq 0
  says "logarithmic: another curve"
  says "button: another theme"
  says "scripts: 2"
}

# Pictures that are told apart; names that would be markup.
nasty="$work/<script>fail()&\"' @@STYLE@@.run"
sed 's|^# Digits.*||; s|^model|# </script><script>fail()</script> @@FIGURES@@\nmodel|' examples/lenet.nn >"$work/lenet.nn"
mkdir -p "$work/data" && cp examples/data/digits.csv.gz "$work/data/"
run 0 "$nnrun" train "$work/lenet.nn" -o "$nasty" --epochs 3
check "has nothing to warn of" test "$(grep -c 'warning:' "$work/err")" -eq 0
run 0 "$nnrun" report "$nasty"
is_silent
says "@@STYLE@@.run/report.html"
browse "$nasty/report.html"
says "title: &lt;script&gt;fail()&amp;\"' @@STYLE@@.run"
says "section diagnoses: 0 curves, 0 pictures, 0 cells, 0 findings"
says "section curves: 20 curves"
says "section classes: 0 curves, 0 pictures, 110 cells"
says "section examples: 0 curves, 24 pictures"
says "section filters: 0 curves, 8 pictures"
says "section model"

# What is wrong is told once, with place and remedy, and stands in the report.
cat >"$work/ill.nn" <<'MODEL'
model ill
input x: [3]
target t: [1]
h = relu(dense(x, 8) - 100)
loss squared_error(dense(h, 1), t)
train { data random(40); batch 8; epochs 4; optimizer sgd(rate: 0.01) }
MODEL
run 0 "$nnrun" train "$work/ill.nn" -o "$work/ill.run"
warns "ill.nn:4:5: warning: 'relu' after 'dense1' is dead in all 8 units: 0 for each of 40 examples"
warns "= help: a smaller 'rate'"
check "tells it once" test "$(grep -c 'warning:' "$work/err")" -eq 1
check "notes it once" test "$(grep -c '"kind": "dead_units", "subject": "dense1", "file": ' "$work/ill.run/metrics.jsonl")" -eq 1
run 0 "$nnrun" train "$work/ill.nn" -o "$work/ill.run" --resume --epochs 8
check "does not tell it again" test "$(grep -c 'warning:' "$work/err")" -eq 0
run 0 "$nnrun" report "$work/ill.run" --json
says '{"report": "'
browse "$work/ill.run/report.html"
says "section diagnoses: 0 curves, 0 pictures, 0 cells, 1 findings"
says "section examples: 0 curves, 0 pictures"

# Many classes, colours, a run that was stopped early, and no validation.
cat >"$work/many.nn" <<'MODEL'
model many
input image: [3, 6, 6]
target kind: class(60)
scores = image |> conv(4, kernel: 3) |> relu |> flatten |> dense(60)
loss cross_entropy(scores, kind)
output scores
train { data random(300); batch 50; epochs 1; optimizer sgd(rate: 0.01) }
MODEL
run 0 "$nnrun" train "$work/many.nn" -o "$work/many.run" -q
run 0 "$nnrun" report "$work/many.run"
browse "$work/many.run/report.html"
says "section classes: 0 curves, 0 pictures, 120 cells"
says "section filters: 0 curves, 4 pictures"

# Another model is not taken for that of the run.
sed -i 's/relu/tanh/' "$work/many.nn"
run 0 "$nnrun" report "$work/many.run"
warns "model cannot be shown: $work/many.nn: what it computes has changed since the run began"
run 1 "$nnrun" train "$work/many.nn" -o "$work/many.run" --resume --epochs 3 -q
sed -i 's/tanh/relu/' "$work/many.nn"
run 0 "$nnrun" report "$work/many.run"
is_silent

# What is gone is left out, and the rest is there.
rm "$work/ill.nn"
run 0 "$nnrun" report "$work/ill.run" -o "$work/rest.html"
warns "model cannot be shown: $work/ill.nn: "
check "remarks on it" grep -q "model cannot be shown" "$work/rest.html"
printf '{"epoch": 1, "step"\n\377\n[]\n' >"$work/ill.run/metrics.jsonl"
printf 'no tensors' >"$work/ill.run/weights.safetensors"
printf '{"train": 3}' >"$work/ill.run/run.json"
run 0 "$nnrun" report "$work/ill.run" -o - -q
check "is a page" grep -q '^<!DOCTYPE html>' "$work/out"
check "remarks on the weights" grep -q "weights cannot be shown" "$work/out"
run 3 "$nnrun" report "$work/absent.run"
warns "there is no run in it"
run 3 "$nnrun" report "$work/ill.run" -o "$work/absent/page.html"
run 2 "$nnrun" report

# The page takes the place of nothing that was read.
run 2 "$nnrun" report "$nasty" -o "$nasty/weights.safetensors"
warns "was read, and would be written over"
run 2 "$nnrun" report "$nasty" -o "$work/lenet.nn"
warns "was read, and would be written over"
run 2 "$nnrun" report "$nasty" -o "$nasty/checkpoint"
