# nncc: files, standard streams, errors in models.
run 0 "$nncc" examples/xor.nn -o "$work/new/folder"
has_file "$work/new/folder/xor.c"
has_file "$work/new/folder/xor.h"
run 0 "$nncc" examples/xor.nn -o "$work" --json
says '"files"'
for kind in c header summary graph schedule dot svg json; do
  run 0 "$nncc" examples/digits.nn --emit "$kind" -o -
  check "prints its $kind" test -s "$work/out"
done
for model in examples/*.nn benchmarks/models/*.nn; do
  run 0 "$nncc" "$model" --emit c,schedule,dot -o "$work/first"
  (cd "$(dirname "$model")" && "$nncc" "$(basename "$model")" --emit c,schedule,dot -o "$work/second" 2>"$work/err")
done
case="nncc, twice"
check "gives the same bytes" diff -r "$work/first" "$work/second"

case="nncc - < model"
"$nncc" - -o "$work/stdin" <examples/digits.nn 2>"$work/err"
check "ends with 0" test $? -eq 0
has_file "$work/stdin/digits.c"

case="nncc into a pipe that closes"
"$nncc" examples/digits.nn -o - 2>"$work/err" | head -n 1 >"$work/out"
check "is silent" test ! -s "$work/err"

printf 'input x: [2]\ny = x |> dese(3)\nloss sum(y)\n' >"$work/wrong.nn"
run 1 "$nncc" "$work/wrong.nn" -o "$work/none"
warns "wrong.nn:2:"
warns "did you mean 'dense'?"
has_no_file "$work/none"
run 1 "$nncc" "$work/wrong.nn" -o "$work/none" --json
says '"line": 2'
run 3 "$nncc" "$work/absent.nn"
warns "absent.nn"
run 3 "$nncc" examples/xor.nn -o /dev/null/folder
run 1 "$nncc" examples/digits.nn --set hiden=3 -o "$work/none"
warns "did you mean 'hidden'?"
run 0 "$nncc" examples/digits.nn --set hidden=3 --emit summary -o -

# People go on from an example.
run 0 "$nncc" examples/digits.nn --emit example -o "$work/example"
run 0 "$nncc" examples/digits.nn --emit example -o "$work/example"
echo "/* mine */" >>"$work/example/main.c"
run 3 "$nncc" examples/digits.nn --emit example -o "$work/example"
warns "it may be yours"
check "keeps it" grep -q mine "$work/example/main.c"
printf 'model main\ninput x: [2]\nloss sum(dense(x, 2))\ntrain { epochs 1 }\n' >"$work/main.nn"
run 1 "$nncc" "$work/main.nn" --emit c,example -o "$work/example2"
warns "two files would be 'main.c'"

if [ -e /dev/full ]; then
  case="nncc onto a full disk"
  "$nncc" examples/digits.nn -o - >/dev/full 2>"$work/err"
  check "is file trouble" test $? -eq 3
fi

# The C itself: strict compilers take it, and it needs nothing.
for model in gates neuron norm linear xor digits fashion; do
  "$nncc" "examples/$model.nn" -o "$work/c" 2>"$work/err"
  for compiler in gcc clang; do
    command -v "$compiler" >/dev/null 2>&1 || continue
    run 0 "$compiler" -std=c99 -Wall -Wextra -pedantic -Wconversion -Werror -ffreestanding -O2 -c "$work/c/$model.c" -o "$work/c/$model.o"
    undefined=$(nm -u "$work/c/$model.o" 2>/dev/null | grep -vE ' (memset|memcpy|memmove)$')
    check "needs no symbol" test -z "$undefined"
  done
done

# What masked loads do not read is nothing to warn of, nor are names that compilers keep for themselves.
printf 'model m\ninput x: [7]\ninput _Pragma: [2]\ninput __func__: [2]\ntarget y: [1]\nloss squared_error(x |> dense(1), y) + sum(_Pragma * __func__)\n' \
  >"$work/clipped.nn"
printf 'train { optimizer sgd(rate: 0.1); clip 1.0; batch 4 }\n' >>"$work/clipped.nn"
printf 'model _\ninput x: [64]\ntarget y: [1]\nloss squared_error(x |> dense(1), y)\ntrain { optimizer sgd(rate: 0.1); clip 1.0 }\n' >"$work/wide_clip.nn"
for model in clipped wide_clip; do
  run 0 "$nncc" "$work/$model.nn" -o "$work/$model"
  for level in -O2 -O3; do
    run 0 cc -std=c99 -Wall -Wextra -pedantic -Wconversion -Werror "$level" -march=native -c "$work/$model"/*.c -o "$work/$model.o"
  done
done
run 0 "$nncc" "$work/clipped.nn" --emit c,header,cpp,example -o "$work/named"
run 0 cc -std=c99 -fsyntax-only "$work/named/main.c"
run 0 c++ -std=c++17 -fsyntax-only -x c++ "$work/named/m.hpp"
