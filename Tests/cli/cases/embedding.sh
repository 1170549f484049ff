# Generated networks in other people's programs: what the READMEs of examples/embedding say works, from a fresh copy of the examples.
cp -r examples "$work/fresh"
commands_of() { awk '/^```sh/ { on = 1; next } /^```/ { on = 0 } on' "$1"; }
follow() {
  case="examples/embedding/$1"
  (cd "$work/fresh/embedding/$1" && commands_of README.md >commands &&
    PATH="$bin:$OLDPWD/.build/python/bin:$PATH" sh -e commands) >"$work/out" 2>"$work/err" </dev/null
  check "does what its README says" test $? -eq 0
}

follow example
says 'epoch 5: loss 0.'
check "writes its parameters" test "$(wc -c <"$work/fresh/embedding/example/parameters.bin")" -eq 30040
check "predicts for every line" test "$(wc -l <"$work/fresh/embedding/example/predicted.csv")" -eq 1797
follow object
says 'the same bits as nnrun predict'
follow shared
says 'after 2000 steps'
warns 'is not the network that this program was compiled for'
follow cpp
says '% by the weights from nnrun'
says "as it should be: digits: 'image' has 65 elements"
says "as it should be: digits: 'digit' takes classes 0 to 9, not 10"
follow python
says 'the same bits as nnrun predict'
follow swift
says 'by the weights from nnrun'
says "as it should be: 'image' has 65 elements"

if command -v wasm-ld >/dev/null 2>&1 && command -v wasmkit >/dev/null 2>&1; then
  follow wasm
  says '[WasmTypes.Value.i32(1)]'
  page=$work/fresh/embedding/wasm/page
  if command -v chromium >/dev/null 2>&1; then
    case="the page in a browser"
    python3 -u -m http.server -d "$page" --bind 127.0.0.1 0 >"$work/server" 2>/dev/null &
    server=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do grep -q port "$work/server" && break; sleep 0.3; done
    port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' "$work/server")
    for _ in 1 2 3; do
      chromium --headless --no-sandbox --disable-gpu --virtual-time-budget=60000 --dump-dom "http://127.0.0.1:$port/" >"$work/out" 2>"$work/err"
      grep -q '<p id="result">Loading' "$work/out" || break
    done
    kill "$server"
    says 'digits recognised, as nnrun says; a loss of 0.'
  fi
fi

# A package with models among its sources: its own, and one with a blank in its name and lines that end as on Windows. It is built beside
# nncc's own, so that only the first time takes minutes.
package="$work/a package"
cp -r examples/embedding/swift-package "$package"
sed -i "s|\.\./\.\./\.\.|$PWD|" "$package/Package.swift"
printf '# doubles\r\n\r\nmodel twice\r\ninput network: [1]\r\noutput outputs = 2 * network\r\n' >"$package/Sources/Recognise/two times.nn"
printf 'extension Recognise {\n  static func twice() throws { print("2 * 4 is", try Twice().infer(network_: [4])) }\n}\n' >"$package/Sources/Recognise/Twice.swift"
sed -i 's/^    try exclusiveOr()/&\n    try twice()/' "$package/Sources/Recognise/Recognise.swift"
run 0 swift run --quiet --package-path "$package" --scratch-path .build/package Recognise examples/data/digits.csv.gz "$work/package.safetensors"
says '2 * 4 is [8.0]'
says 'digits recognised by the weights that were saved'
says 'exclusive or: [0.0, 1.0, 1.0, 0.0]'
says "did you mean 'dense'?"

# Whatever names a model has: those that the wrappers use themselves, above all.
if [ -x .build/python/bin/python ]; then
  run 0 .build/python/bin/python Tests/embedding/names.py "$bin" "$work/names"
  says 'every name can be used'
  run 0 "$nncc" Tests/embedding/derivatives.nn --dtype f64 --entry init,grad,grad_inputs,jvp,hvp --emit python -o "$work/derivatives"
  case="derivatives in Python"
  PYTHONPATH=$work/derivatives .build/python/bin/python Tests/embedding/check_derivatives.py >"$work/out" 2>"$work/err"
  says 'derivatives are those of differences'
  printf 'input x: []\noutput y = 2 * x\n' >"$work/scalar.nn"
  run 0 "$nncc" "$work/scalar.nn" --entry predict --emit python -o "$work/scalar"
  case="a number as an example"
  PYTHONPATH=$work/scalar .build/python/bin/python -c 'import scalar; print(scalar.predict(3).shape, scalar.predict([3, 4]).tolist())' >"$work/out" 2>"$work/err"
  says '() [6.0, 8.0]'
fi

# What does not belong together does not come together.
weights=$work/fresh/embedding/object/digits.run/weights.safetensors
case="a program with the header of another model"
"$nncc" examples/digits.nn --weights "$weights" --batch 7 -o "$work/other" 2>"$work/err"
check "does not link" sh -c '! cc -I "$1/other" examples/embedding/object/main.c "$1/fresh/embedding/object/build/digits.o" -o "$1/a" 2>"$1/err"' - "$work"
warns 'digits_interface_'
case="Python with the library of another model"
run 0 "$nncc" examples/digits.nn --weights "$weights" --batch 7 --emit shared -o "$work/fresh/embedding/python/build"
(cd "$work/fresh/embedding/python/build" && "$OLDPWD/.build/python/bin/python" -c 'import digits') >"$work/out" 2>"$work/err"
check "does not import" test $? -eq 1
warns 'was made from another model than'

# Constants in a file of their own.
"$nncc" examples/digits.nn --weights "$weights" --entry predict -o "$work/whole" 2>"$work/err"
cat >"$work/say.c" <<'C'
#include <stdio.h>
#include "digits.h"
static char workspace[DIGITS_WORKSPACE];
int main(void) {
  float image[64], probability[10];
  for (int i = 0; i < 64; ++i) image[i] = (float)(i % 17);
  digits_predict(image, probability, workspace);
  for (int i = 0; i < 10; ++i) printf("%a ", (double)probability[i]);
  return 0;
}
C
cc -O1 -I "$work/whole" "$work/say.c" "$work/whole/digits.c" -o "$work/say" 2>"$work/err"
"$work/say" >"$work/expected"
run 0 "$nncc" examples/digits.nn --weights "$weights" --entry predict --weights-file c -o "$work/apart"
has_file "$work/apart/digits_weights.c"
check "leaves no numbers in the program" test "$(wc -c <"$work/apart/digits.c")" -lt 40000
run 0 cc -std=c99 -pedantic -Wall -Wextra -Werror -O1 -I "$work/apart" "$work/say.c" "$work/apart/digits.c" "$work/apart/digits_weights.c" -o "$work/say"
check "computes the same bits" sh -c '"$1/say" | cmp -s - "$1/expected"' - "$work"
run 0 "$nncc" examples/digits.nn --weights "$weights" --entry predict --weights-file bin -o "$work/bytes"
printf '.section .rodata\n.balign 64\n.globl digits_weights\ndigits_weights:\n.incbin "%s"\n.section .note.GNU-stack\n' "$work/bytes/digits_weights.bin" >"$work/bytes/weights.s"
run 0 cc -O1 -I "$work/bytes" "$work/say.c" "$work/bytes/digits.c" "$work/bytes/weights.s" -o "$work/say"
check "computes the same bits" sh -c '"$1/say" | cmp -s - "$1/expected"' - "$work"
"$nnrun" train examples/digits.nn -o "$work/second.run" --epochs 1 -q >/dev/null 2>&1
"$nncc" examples/digits.nn --weights "$work/second.run/weights.safetensors" --entry predict --weights-file c -o "$work/second" 2>"$work/err"
case="a program with the constants of other weights"
check "does not link" sh -c '! cc -I "$1/apart" "$1/say.c" "$1/apart/digits.c" "$1/second/digits_weights.c" -o "$1/a" 2>"$1/err"' - "$work"
warns 'digits_weights_'
"$nncc" examples/digits.nn --weights "$work/second.run/weights.safetensors" --entry predict --weights-file bin -o "$work/second" 2>"$work/err"
sed "s|$work/bytes|$work/second|" "$work/bytes/weights.s" >"$work/second/weights.s"
cc -I "$work/bytes" "$work/say.c" "$work/bytes/digits.c" "$work/second/weights.s" -o "$work/say"
"$work/say" >"$work/out"
says 'nan nan nan'
cat >"$work/start.c" <<'C'
#include <stdio.h>
#include "digits.h"
static float params[DIGITS_PARAMS], state[DIGITS_STATES + 1];
int main(void) {
  digits_init(params, state, 1);
  printf("starts with %a and %a\n", (double)params[0], (double)params[DIGITS_PARAMS - 1]);
  return 0;
}
C
start_with() {
  case="the program of the first run with the constants of the $1 one"
  "$nncc" examples/digits.nn --weights "$2" --weights-file bin -o "$work/start_$1" 2>"$work/err"
  sed "s|$work/bytes|$work/start_$1|" "$work/bytes/weights.s" >"$work/start_$1/weights.s"
  cc -I "$work/start_first" "$work/start.c" "$work/start_first/digits.c" "$work/start_$1/weights.s" -o "$work/start" 2>"$work/err"
  "$work/start" >"$work/out"
}
start_with first "$weights"
says '0x1'
start_with second "$work/second.run/weights.safetensors"
says 'starts with nan and nan'

# Nothing comes along that was not asked for, and small machines have room for what was.
check "carries no training" sh -c '! grep -q "_step\|_init\|_grad" "$1"' - "$work/whole/digits.c"
clang=$(command -v clang) || clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
if "$clang" --target=thumbv7em-none-eabihf -mcpu=cortex-m4 -std=c99 -Os -ffreestanding -c "$work/whole/digits.c" -o "$work/m4.o" 2>"$work/err"; then
  case="the digits on a Cortex-M4"
  size=$(size -A "$work/m4.o" 2>/dev/null | awk '/^\.(text|rodata|data|bss|ARM\.exidx)/ { sum += $2 } END { print sum }')
  check "takes $size bytes, within 5 % of its weights and 4 KB" test "${size:-99999}" -le $((30040 * 105 / 100 + 4096))
fi

# How much flash and RAM it takes on small machines, by kernel.
digits="examples/digits.nn --weights $weights --entry predict --report size"
# shellcheck disable=SC2086
run 0 "$nncc" $digits
says 'predict_probability           digits.nn:12 digits.nn:14 digits.nn:16 '
says 'flash, as the compiler makes it of the whole: '
says 'for cortex-m4, by clang -Os'
has_no_file digits.c
# shellcheck disable=SC2086
run 0 "$nncc" $digits --json
cat >"$work/judge.py" <<'PYTHON'
import json, sys
size = json.load(open(sys.argv[1]))["size"]
flash = size["flash"]["code"] + size["flash"]["constants"]
assert 30040 < flash <= 30040 * 1.05 + 4096, flash
assert size["data"] == 0 and [entry["name"] for entry in size["entries"]] == ["predict"]
assert 0 < size["entries"][0]["stack"] < 1024, size["entries"]
parts = size["kernels"] + size["others"]
assert abs(sum(part["constants"] for part in parts) - size["flash"]["constants"]) < 256
tables = {kernel["lines"][0]: kernel["constants"] for kernel in size["kernels"]}
assert tables == {"digits.nn:11": 4 * 6500, "digits.nn:12": 4 * 1010}, tables
PYTHON
check "keeps to 5 % more than the weights, 4 KB and 1 KB of stack" python3 "$work/judge.py" "$work/out"
for target in host cortex-m0 rv32 arm64; do
  run 0 "$nncc" examples/lenet.nn --report size --target "$target"
  says 'functions they share'
  says 'step '
done
run 0 "$nncc" examples/digits.nn --report size --emit c -o "$work/sized"
has_file "$work/sized/digits.c"
run 2 "$nncc" examples/digits.nn --report size -o "$work/sized"
warns "there is nothing to write into"
run 2 "$nncc" examples/digits.nn --target rv32
warns "add '--report size'"
run 3 env PATH="$work/nowhere" "$nncc" examples/digits.nn --report size
warns "'clang' is not installed"
warns "--target host"

# What cannot be is said.
run 1 "$nncc" examples/digits.nn --entry predict -o "$work/none"
warns "trained weights are named by --weights"
run 1 "$nncc" examples/xor.nn --weights "$weights" -o "$work/none"
warns 'the model has [8, 2] there'
run 2 "$nncc" examples/digits.nn --emit python -o -
warns "which '-o -' cannot print"
run 1 "$nncc" examples/digits.nn --entry infer --emit example -o "$work/none"
warns "an example needs a function to call"
run 3 env CC=no-such-compiler "$nncc" examples/digits.nn --emit object -o "$work/none"
warns "'no-such-compiler' is not installed"
run 3 env CFLAGS=-no-such-flag "$nncc" examples/digits.nn --emit shared -o "$work/none"
warns 'CFLAGS'
has_no_file "$work/none"
