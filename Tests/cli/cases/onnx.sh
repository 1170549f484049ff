# Models as ONNX files, and ONNX files as models; ONNX Runtime judges both.
run 0 "$nncc" examples/lenet.nn --emit onnx -o "$work/onnx"
has_file "$work/onnx/lenet.onnx"
has_no_file "$work/onnx/lenet.c"
warns "untrained weights"
run 0 "$nncc" examples/lenet.nn --emit onnx,summary -o "$work/onnx" -q
has_file "$work/onnx/lenet.summary"
run 2 "$nncc" examples/lenet.nn --emit onnx -o -
warns "goes to a file"
run 1 "$nncc" examples/automaton.nn --emit onnx -o "$work/none"
warns "memory between calls"
has_no_file "$work/none"
printf 'input x: [2]\nlayer d = dense(1)\nloss sum(d(x))\n' >"$work/silent.nn"
run 1 "$nncc" "$work/silent.nn" --emit onnx -o "$work/none"
warns "without output"

python=.build/python/bin/python
if [ -x "$python" ]; then
  mkdir -p "$work/exports"
  models=$(grep -l '^output' examples/*.nn | grep -v automaton.nn)
  # shellcheck disable=SC2086
  run 0 "$python" Tests/interchange/export.py "$bin" "$work/exports" docs/OPERATIONS.md $models
  says " 0 wrong"
else
  printf 'onnx: not compared with ONNX Runtime, which "scripts/setup tests" installs\n'
fi
