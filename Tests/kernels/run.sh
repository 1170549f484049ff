#!/bin/sh
# Tests the kernels in templates/ and Sources/CKernels: accuracy, shapes and strides, guarded memory, equal bits between instruction
# sets and between the program's kernels and the exported text under every compiler found. Prints "N passed, 0 failed".
set -eu
cd "$(dirname "$0")"

compiler() { command -v "$1" 2>/dev/null || true; }
toolchain=$(compiler swift)
clang=$(compiler clang)
[ -n "$clang" ] || clang=$(dirname "$(readlink -f "$toolchain")")/clang
gcc=$(compiler gcc)
tcc=$(compiler tcc)
lanes=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
strict="-std=c99 -Wall -Wextra -pedantic -Wconversion -Werror"
sanitize="-O0 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"

kernels=$(cd ../../Sources/CKernels && ls ./*.c)
tests="accuracy tiles reduce product pixels winograd variants"

# Instruction sets to compile the exported text for: a name, and the flags of that. A processor with AVX2 alone runs what is written for
# AVX-512 by halves of its vectors.
runs() { grep -qw "$1" /proc/cpuinfo 2>/dev/null; }
folder=../../Sources/CKernels
included=
if [ "$(uname -m)" != x86_64 ]; then
  sets="plain:"
elif runs avx2 && runs fma && ! runs avx512dq; then
  for file in $kernels; do sed 's/avx512[a-z]*,//g' "$folder/$file" >"$work/$file"; done
  included="-I$folder -include halves.h"
  folder=$work
  sets="plain: avx2:-mavx2,-mfma avx512:-mavx2,-mfma,-D__AVX512F__,-include,halves.h"
else
  sets="plain: avx2:-mavx2,-mfma avx512:-mavx512f,-mavx512vl,-mavx512bw,-mavx512dq,-mfma"
fi

# Every command on a line of its own; the lines of one list may run at the same time.
list() {
  for file in $kernels; do
    name=$(basename "$file" .c)
    echo "$clang -O2 -Wall -Wextra -Werror $included -c $folder/$name.c -o $work/$name.o"
    echo "$clang $sanitize -w $included -c $folder/$name.c -o $work/$name.checked.o"
  done
  for pair in f32:float f64:double; do
    for test in $tests; do
      echo "$clang -O2 -Wall -Wextra -Werror -Dreal=${pair#*:} -c ${test}_test.c -o $work/$test.${pair%:*}.test"
    done
    for set in $sets; do
      flags=$(echo "${set#*:}" | tr , ' ')
      echo "$clang -O2 -Dreal=${pair#*:} -DEXPORTED=${set%%:*} -c variants_test.c -o $work/${set%%:*}.${pair%:*}.against"
      for cc in $gcc $clang; do
        case "$cc $flags" in "$gcc "*halves*) continue ;; esac
        echo "$cc $strict -O3 $flags -c $work/exported_${pair%:*}.c -o $work/$(basename "$cc").${set%%:*}.${pair%:*}.exported"
      done
    done
    [ -z "$tcc" ] || echo "$tcc -Wall -Werror -c $work/exported_${pair%:*}.c -o $work/tcc.plain.${pair%:*}.exported"
    [ -z "$gcc" ] || echo "$gcc -std=gnu11 -O2 -ffreestanding -c $work/exported_${pair%:*}.c -o $work/gnu.plain.${pair%:*}.exported"
  done
}

./exported.sh f32 >"$work/exported_f32.c"
./exported.sh f64 >"$work/exported_f64.c"
list >"$work/commands"
if ! xargs -P "$lanes" -I '{}' sh -c '{} || { echo "failed: {}" >&2; exit 255; }' <"$work/commands"; then
  echo "0 passed, 1 failed"
  exit 1
fi

passed=0
failed=0
count() { # count PASSED FAILED
  passed=$((passed + $1))
  failed=$((failed + $2))
}
link() { # link ARGUMENT...: to the program under test; linkers may say much about sanitizers that is no error
  "$clang" -x none "$@" -lm -o "$work/program" 2>"$work/linker" || { cat "$work/linker" >&2 && exit 1; }
}
run() { # run PROGRAM: its last line is "passed failed"
  if result=$("$@") || [ -n "$result" ]; then
    # shellcheck disable=SC2086
    count $(echo "$result" | tail -n 1)
  else
    echo "failed: $*" >&2
    count 0 1
  fi
}

objects=$(for file in $kernels; do echo "$work/$(basename "$file" .c).o"; done)
checked=$(for file in $kernels; do echo "$work/$(basename "$file" .c).checked.o"; done)
for precision in f32 f64; do
  for test in $tests; do
    # shellcheck disable=SC2086
    link "$work/$test.$precision.test" $objects
    run "$work/program"
    # shellcheck disable=SC2086
    link -fsanitize=address,undefined "$work/$test.$precision.test" $checked
    run env QUICK=1 "$work/program"
  done
  for exported in "$work"/*."$precision".exported; do
    set=$(basename "$exported" ".$precision.exported")
    # shellcheck disable=SC2086
    link "$work/${set#*.}.$precision.against" "$exported" $objects
    run "$work/program"
    # Nothing may be left undefined but what compilers insert by themselves.
    undefined=$(nm -u "$exported" | awk '$2 !~ /^_?mem(set|cpy|move)$/ && $2 != "_GLOBAL_OFFSET_TABLE_" { print $2 }')
    if [ -z "$undefined" ]; then count 1 0; else echo "failed: $set needs $undefined" >&2 && count 0 1; fi
  done
done

# The pool of threads: as it is, under the address sanitizer, and under the thread sanitizer where the system has one.
for how in "$clang -O2 -Wall -Wextra -Werror" "$clang -w $sanitize" "${gcc:-false} -O1 -g -fsanitize=thread"; do
  case $how in false*) continue ;; esac
  $how pool_test.c ../../Sources/CKernels/pool.c -lpthread -o "$work/program" 2>"$work/linker" || { cat "$work/linker" >&2 && exit 1; }
  run "$work/program"
done

# The text format: every definition has a header of its own name, and every name that is mentioned is defined.
for precision in f32 f64; do
  sources=
  for file in $(./exported.sh "$precision" files); do
    sources="$sources ../../templates/$file.c"
  done
  # shellcheck disable=SC2086
  sed -n 's/^\/\/ @\([a-z0-9_]*\): .*/\1/p' $sources | sort >"$work/defined"
  # shellcheck disable=SC2086
  for file in $sources; do sed -n '/^\/\/ @/,$p' "$file"; done | grep -o '\bnn_[a-z0-9_]*' | sort -u >"$work/mentioned"
  wrong=$(sort "$work/defined" | uniq -d; comm -13 "$work/defined" "$work/mentioned")
  if [ -z "$wrong" ]; then count 1 0; else echo "failed: names without a definition, or with two: $wrong" >&2 && count 0 1; fi
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
