# nncc --quantize int8: networks in integers, as exact as they have to be, the same bytes on every machine.
mkdir -p "$work/int8"
clang=$(command -v clang) || clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
within_a_point() {
  check "is within a point of the float network" awk -F'[:,}]' '{ for (i = 1; i < NF; ++i) { if ($i ~ /"accuracy"/) a = $(i + 1); if ($i ~ /"float_accuracy"/) f = $(i + 1) } }
    END { exit !(a > 0 && a > f - 0.01) }' "$work/out"
}

for model in digits lenet; do
  weights=$work/$model.run/weights.safetensors
  [ -s "$weights" ] || "$nnrun" train "examples/$model.nn" -q --epochs 8 -o "$work/$model.run" >"$work/out" 2>"$work/err"
  run 0 "$nncc" "examples/$model.nn" --weights "$weights" --quantize int8 --calibrate examples/data/digits.csv.gz --json \
    --entry predict,predict_batch -o "$work/int8"
  within_a_point
  says '"agreement"'
  # All machines compute the same bytes, whatever vectors they have; sanitizers find nothing.
  cat >"$work/int8/predict.c" <<'END'
#include <stdio.h>
#include HEADER
#define joined_(a, b) a##_##b
#define joined(a, b) joined_(a, b)
static char workspace[1 << 18];
int main(void) {
  static float image[5][64], output[5][10];
  unsigned seed = 1;
  for (int turn = 0; turn < 40; ++turn) {
    for (int i = 0; i < 320; ++i) image[i / 64][i % 64] = (float)((seed = seed * 1664525u + 1013904223u) >> 16) / 4096;
    if (turn % 2) joined(NAME, predict_batch)(5, image[0], output[0], workspace + turn % 16);
    else for (int i = 0; i < 5; ++i) joined(NAME, predict)(image[i], output[i], workspace);
    fwrite(output, sizeof output, 1, stdout);
  }
  return 0;
}
END
  rm -f "$work/int8/wanted"
  for compiler in "cc -O0" "cc -O3" "$clang -O2" "cc -O2 -march=native" "$clang -O3 -march=native" "cc -O2 -mavx2 -mavxvnni" "cc -O2 -mavx2" "$clang -O2 -mavx2" \
    "cc -O1 -march=native -fsanitize=address,undefined -fno-sanitize-recover" "cc -O1 -fsanitize=address,undefined -fno-sanitize-recover"; do
    case "$compiler" in
      *avx2) grep -qw avx2 /proc/cpuinfo 2>/dev/null || continue ;;
      *avxvnni*) grep -qw avx_vnni /proc/cpuinfo 2>/dev/null || continue ;;
      *native*) [ "$(uname -m)" = x86_64 ] || continue ;;
    esac
    case="$model in integers by $compiler"
    $compiler -std=c99 -Wall -Wextra -pedantic -Wconversion -Werror -DHEADER="\"$model.h\"" -DNAME="$model" -I "$work/int8" "$work/int8/predict.c" \
      "$work/int8/$model.c" -o "$work/int8/predict" 2>"$work/err"
    check "compiles without a warning" test $? -eq 0
    "$work/int8/predict" >"$work/int8/found" 2>"$work/err"
    check "runs" test $? -eq 0
    [ -f "$work/int8/wanted" ] || cp "$work/int8/found" "$work/int8/wanted"
    check "computes the same bits" cmp -s "$work/int8/found" "$work/int8/wanted"
  done

  # The same on other machines, without any library.
  capitals=$(echo "$model" | tr a-z A-Z)
  there() {
    machine=$1 emulator=$2
    shift 2
    case="$model in integers on $machine"
    "$clang" "$@" -O2 -std=gnu99 -ffreestanding -nostdlib -static -fuse-ld=lld -fno-stack-protector -I "$work/int8" -DPREDICTS \
      -DHEADER="\"$model.h\"" -DNAME="$model" -DSIZES="$capitals" Tests/machines/host.c "$work/int8/$model.c" -o "$work/int8/program" 2>"$work/err"
    check "compiles" test $? -eq 0
    ${emulator:+$emulator} "$work/int8/program" >"$work/int8/$machine" 2>"$work/err"
    check "runs" test $? -eq 0
    check "computes the same bits" cmp -s "$work/int8/$machine" "$work/int8/here"
  }
  if [ "$(uname -m)" = x86_64 ]; then
    rm -f "$work/int8/here" && : >"$work/int8/here"
    "$clang" --target=x86_64-linux-gnu -O2 -std=gnu99 -ffreestanding -nostdlib -static -fuse-ld=lld -fno-stack-protector -I "$work/int8" -DPREDICTS \
      -DHEADER="\"$model.h\"" -DNAME="$model" -DSIZES="$capitals" Tests/machines/host.c "$work/int8/$model.c" -o "$work/int8/program" 2>"$work/err" &&
      "$work/int8/program" >"$work/int8/here"
    check "computes here" test -s "$work/int8/here"
    if command -v qemu-aarch64 >/dev/null 2>&1; then
      there arm64 qemu-aarch64 --target=aarch64-linux-gnu
      there arm64-dotprod "qemu-aarch64 -cpu max" --target=aarch64-linux-gnu -march=armv8.2-a+dotprod
    fi
    if command -v qemu-riscv64 >/dev/null 2>&1; then there riscv64 qemu-riscv64 --target=riscv64-linux-gnu -march=rv64gc; fi
  fi
done

# A quarter of the constants, on a Cortex-M4 without a unit for floats too.
case="the digits in integers on a Cortex-M4"
"$nncc" examples/digits.nn --weights "$work/digits.run/weights.safetensors" --quantize int8 --entry predict -q -o "$work/int8/small" >"$work/out" 2>"$work/err"
"$clang" --target=thumbv7em-none-eabi -mcpu=cortex-m4 -Os -std=c99 -Wall -Wextra -pedantic -Wconversion -Werror -ffreestanding \
  -c "$work/int8/small/digits.c" -o "$work/int8/m4.o" 2>"$work/err"
check "compiles" test $? -eq 0
size=$(size -A "$work/int8/m4.o" 2>/dev/null | awk '/^\.(text|rodata|data|bss|ARM\.exidx)/ { sum += $2 } END { print sum }')
check "takes $size bytes, of 31,776 in floats" test "${size:-99999}" -le 11600
"$(dirname "$(readlink -f "$clang")")/llvm-nm" -u "$work/int8/m4.o" 2>/dev/null | grep -vE ' U (mem(set|cpy|move)|__aeabi_.*|__.*sf.*)$' >"$work/out"
check "needs no library" test ! -s "$work/out"

# Everything made of the C is made of this one.
for kind in object shared python cpp swift example; do
  run 0 "$nncc" examples/digits.nn --weights "$work/digits.run/weights.safetensors" --quantize int8 -q --emit "$kind" -o "$work/int8/$kind"
done
check "the python module is there" test -s "$work/int8/python/digits.py"
run 0 "$nncc" examples/digits.nn --weights "$work/digits.run/weights.safetensors" --quantize int8 -q --entry predict --report size
says 'kernel'
if command -v wasm-ld >/dev/null 2>&1; then
  run 0 "$nncc" examples/digits.nn --weights "$work/digits.run/weights.safetensors" --quantize int8 -q --emit wasm -o "$work/int8/wasm"
  has_file "$work/int8/wasm/digits.wasm"
fi
run 0 "$nncc" examples/digits.nn --weights "$work/digits.run/weights.safetensors" --quantize int8 --parallel -o "$work/int8/parallel"
warns 'both answer the same for'
warns 'weights and scales: 8,544 bytes before packing, in floats 30,040'
warns 'right: '
case="the C in integers beside training"
cc -std=c99 -O2 -Wall -Wextra -pedantic -Wconversion -Werror -c "$work/int8/parallel/digits.c" -o "$work/int8/parallel.o" 2>"$work/err"
check "compiles" test $? -eq 0

# What cannot be is said, all at once and where.
w=$work/digits.run/weights.safetensors
run 2 "$nncc" examples/digits.nn --quantize int8 -o "$work/none"
warns '--quantize needs trained weights'
run 2 "$nncc" examples/digits.nn --calibrate x.csv -o "$work/none"
warns '--calibrate is for --quantize'
run 2 "$nncc" examples/digits.nn --weights "$w" --quantize int4 -o "$work/none"
warns 'int8'
for other in "--emit onnx" "--emit schedule" "--dtype f64" "--weights-file c" "--entry step"; do
  # shellcheck disable=SC2086
  run 2 "$nncc" examples/digits.nn --weights "$w" --quantize int8 $other -o "$work/none"
done
run 3 "$nncc" examples/digits.nn --weights "$w" --quantize int8 --calibrate absent.csv -o "$work/none"
warns 'absent.csv'
run 1 "$nncc" examples/digits.nn --weights "$w" --quantize int8 --calibrate 'csv("absent.csv"' -o "$work/none"
printf 'input x: [4, 6]\ntarget t: class(2)\nh = x |> layernorm |> dense(6)\ny = h |> attention(heads: 2) |> flatten |> dense(2)\nloss cross_entropy(y, t)\noutput y\n' >"$work/int8/hard.nn"
"$nnrun" train "$work/int8/hard.nn" --data 'random(20)' --optimizer 'sgd(rate: 0.01)' --epochs 1 -q -o "$work/int8/hard.run" >"$work/out" 2>"$work/err"
run 1 "$nncc" "$work/int8/hard.nn" --weights "$work/int8/hard.run/weights.safetensors" --quantize int8 --calibrate 'random(20)' -o "$work/none"
warns 'hard.nn:3:'
warns 'hard.nn:4:'
warns 'cannot be computed with integers'
run 1 "$nncc" "$work/int8/hard.nn" --weights "$work/int8/hard.run/weights.safetensors" --quantize int8 -o "$work/none"
has_no_file "$work/none"

# Outputs without any signal, and of no finite numbers.
printf 'input x: [1]\ntarget t: [1]\nparam w = [[2, -1, -1]]\ny = w @ concat(x, x, x, axis: 0)\nloss squared_error(y, t)\noutput y\noutput bad = log(y - 100)\n' >"$work/int8/zero.nn"
"$nnrun" train "$work/int8/zero.nn" --data 'random(20)' --optimizer 'sgd(rate: 1e-30)' --epochs 1 -q -o "$work/int8/zero.run" >"$work/out" 2>"$work/err"
run 0 "$nncc" "$work/int8/zero.nn" --weights "$work/int8/zero.run/weights.safetensors" --quantize int8 --calibrate 'random(20)' -o "$work/int8/zero"
check "has no signal" grep -q ' y .* none ' "$work/err"
check "has no numbers" grep -q ' bad .* nan ' "$work/err"
run 0 "$nncc" "$work/int8/zero.nn" --weights "$work/int8/zero.run/weights.safetensors" --quantize int8 --calibrate 'random(20)' --json -o "$work/int8/zero"
says '"decibels": "-inf"'
says '"decibels": "nan"'

# Fashion-MNIST, trained a little on 10,000 pictures and judged on others: within a point.
fashion=/usr/share/datasets/fashion-mnist
if [ -d "$fashion" ]; then
  cat >"$work/int8/judge.c" <<'END'
#include <stdio.h>
#include HEADER
#define joined_(a, b) a##_##b
#define joined(a, b) joined_(a, b)
static char workspace[1 << 20];
int main(int count, char **names) {
  static unsigned char bytes[784];
  static float image[784], output[10];
  FILE *labels = fopen(names[count - 1], "rb");
  int right = 0;
  if (!labels || fread(bytes, 1, 16, stdin) != 16 || fseek(labels, 8, SEEK_SET)) return 1;
  for (int example = 0; example < 10000 && fread(bytes, 1, 784, stdin) == 784; ++example) {
    for (int i = 0; i < 784; ++i) image[i] = (float)bytes[i] / 255.0f;
    joined(NAME, predict)(image, output, workspace);
    int best = 0;
    for (int i = 1; i < 10; ++i) best = output[i] > output[best] ? i : best;
    right += best == fgetc(labels);
  }
  printf("%d\n", right);
  return 0;
}
END
  data="idx(\"$fashion/t10k-images-idx3-ubyte.gz\", \"$fashion/t10k-labels-idx1-ubyte.gz\")"
  gzip -dc "$fashion/train-images-idx3-ubyte.gz" >"$work/int8/images"
  gzip -dc "$fashion/train-labels-idx1-ubyte.gz" >"$work/int8/labels"
  for model in fashion fashion_cnn; do
    "$nnrun" train "examples/$model.nn" --data "$data" --test "$data" --epochs 1 --jit cc -q -o "$work/int8/$model.run" >"$work/out" 2>"$work/err"
    w=$work/int8/$model.run/weights.safetensors
    run 0 "$nncc" "examples/$model.nn" --weights "$w" --entry predict -o "$work/int8/float"
    run 0 "$nncc" "examples/$model.nn" --weights "$w" --entry predict --quantize int8 --calibrate "$data" -o "$work/int8/integer"
    for kind in float integer; do
      cc -std=c99 -O3 -march=native -DHEADER="\"$model.h\"" -DNAME="$model" -I "$work/int8/$kind" "$work/int8/judge.c" "$work/int8/$kind/$model.c" \
        -o "$work/int8/judge" 2>"$work/err"
      "$work/int8/judge" "$work/int8/labels" <"$work/int8/images" >"$work/int8/$kind.right"
    done
    case="$model in integers"
    check "is right for $(cat "$work/int8/integer.right") of 10000, in floats $(cat "$work/int8/float.right")" \
      test "$(cat "$work/int8/integer.right")" -ge "$(($(cat "$work/int8/float.right") - 100))"
    check "has learnt something" test "$(cat "$work/int8/float.right")" -ge 6000
  done
fi

# A residual network with batch normalisation, on numbers drawn at random.
case="a residual network in integers"
"$nnrun" train examples/cifar.nn --data 'random(32)' --test 'random(8)' --epochs 1 --batch 16 --jit cc -q -o "$work/int8/cifar.run" >"$work/out" 2>"$work/err"
run 0 "$nncc" examples/cifar.nn --weights "$work/int8/cifar.run/weights.safetensors" --quantize int8 --calibrate 'random(16)' --entry predict --json \
  -o "$work/int8"
check "keeps 20 dB of its answers" awk 'match($0, /"outputs".*/) { text = substr($0, RSTART); sub(/.*"decibels": /, "", text); exit !(text + 0 > 20) }' "$work/out"
cc -std=c99 -O2 -Wall -Wextra -pedantic -Wconversion -Werror -c "$work/int8/cifar.c" -o "$work/int8/cifar.o" 2>"$work/err"
check "compiles without a warning" test $? -eq 0
