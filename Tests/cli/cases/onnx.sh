# Models as ONNX files, and ONNX files as models; ONNX Runtime judges both.
run 0 "$nncc" examples/lenet.nn --emit onnx -o "$work/onnx"
has_file "$work/onnx/lenet.onnx"
has_no_file "$work/onnx/lenet.c"
warns "untrained weights"
run 0 "$nncc" examples/lenet.nn --emit onnx,summary -o "$work/onnx" -q
has_file "$work/onnx/lenet.summary"
run 2 "$nncc" examples/lenet.nn --emit onnx -o -
warns "which '-o -' cannot print"
run 1 "$nncc" examples/automaton.nn --emit onnx -o "$work/none"
warns "memory between calls"
has_no_file "$work/none"
printf 'input x: [2]\nlayer d = dense(1)\nloss sum(d(x))\n' >"$work/silent.nn"
run 1 "$nncc" "$work/silent.nn" --emit onnx -o "$work/none"
warns "without output"

# Back again.
run 0 "$nncc" "$work/onnx/lenet.onnx" -o "$work/onnx/back.nn"
has_file "$work/onnx/back.nn"
has_file "$work/onnx/back.safetensors"
run 0 "$nncc" "$work/onnx/lenet.onnx" -o "$work/onnx/folder" --json
says '"path": "'
has_file "$work/onnx/folder/lenet.nn"
run 0 "$nncc" "$work/onnx/lenet.onnx" -o -
says "|> conv(8, kernel: 5, pad: 2)"
is_silent
run 2 "$nncc" "$work/onnx/lenet.onnx" -o - --set batch=0
warns "no extent"
run 1 "$nncc" "$work/onnx/lenet.onnx" -o - --set bath=3
warns "the open axes are batch"
for option in '--emit summary' '--entry infer' '--batch 3' '--weights w.safetensors' '--weights-file c' --parallel '--dtype f64'; do
  # shellcheck disable=SC2086
  run 2 "$nncc" "$work/onnx/lenet.onnx" -o - $option
  warns "${option%% *} is not for"
  warns "read into the language"
done
run 3 "$nncc" "$work/onnx/absent.onnx"
warns "absent.onnx"
head -c 500 "$work/onnx/lenet.onnx" >"$work/onnx/cut.onnx"
run 1 "$nncc" "$work/onnx/cut.onnx" -o "$work/none"
warns "byte "
has_no_file "$work/none"
cp examples/lenet.nn "$work/onnx/lenet.nn"
case="nncc lenet.onnx beside lenet.nn"
(cd "$work/onnx" && "$nncc" lenet.onnx >"$work/out" 2>"$work/err")
check "is refused" test $? -eq 3
warns "replaces it"
mkdir "$work/onnx/kept"
printf 'trained for days' >"$work/onnx/kept/lenet.safetensors"
case="nncc lenet.onnx beside lenet.safetensors"
(cd "$work/onnx/kept" && "$nncc" ../lenet.onnx >"$work/out" 2>"$work/err")
check "is refused" test $? -eq 3
warns "lenet.safetensors: error: there is a file of this name already"
run 3 "$nncc" "$work/onnx/lenet.onnx" -o "$work/onnx/kept"
check "keeps the weights" grep -q 'trained for days' "$work/onnx/kept/lenet.safetensors"
has_no_file "$work/onnx/kept/lenet.nn"
run 0 "$nncc" "$work/onnx/lenet.onnx" -o "$work/onnx/kept/lenet.nn"
check "replaces what is named" grep -q conv1.weight "$work/onnx/kept/lenet.safetensors"

python=.build/python/bin/python
if [ -x "$python" ]; then
  mkdir -p "$work/exports"
  models=$(grep -l '^output' examples/*.nn | grep -v automaton.nn)
  # shellcheck disable=SC2086
  run 0 "$python" Tests/interchange/export.py "$bin" "$work/exports" docs/OPERATIONS.md $models
  says " 0 wrong"
  run 0 "$python" Tests/interchange/operators.py "$bin" "$work/exports" docs/INTERCHANGE.md
  says " 0 wrong"
  run 0 "$python" Tests/interchange/recorded.py "$bin" "$work/exports" Tests/Fixtures/onnx docs/INTERCHANGE.md
  says " 0 wrong"
else
  printf 'onnx: not compared with ONNX Runtime, which "scripts/setup tests" installs\n'
fi
