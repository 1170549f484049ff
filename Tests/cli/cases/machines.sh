# Generated C on other machines: trained and run there by Tests/machines/host.c without any library, under an emulator, bit for bit as here.
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
cat >"$work/sequence.nn" <<'END'
model sequence
input x: [6, 5]
target t: class(10)
h = x |> lstm(9)
scores = h[5] |> dense(10)
loss cross_entropy(scores, t)
output scores
train {
  optimizer adam(rate: 0.01)
}
END

# on MACHINE MODEL EMULATOR FLAGS...: what the model comes to there is in $work/MODEL.MACHINE.
on() {
  machine=$1 model=$2 emulator=$3
  shift 3
  capitals=$(echo "$model" | tr a-z A-Z)
  case="$model on $machine"
  "$clang" "$@" -O2 -std=gnu99 -ffreestanding -nostdlib -static -fuse-ld=lld -fno-stack-protector -I "$work/machines" \
    -DHEADER="\"$model.h\"" -DNAME="$model" -DSIZES="$capitals" Tests/machines/host.c "$work/machines/$model.c" -o "$work/$model.program" 2>"$work/err"
  check "compiles" test $? -eq 0
  ${emulator:+$emulator} "$work/$model.program" >"$work/$model.$machine" 2>"$work/err"
  check "runs" test $? -eq 0
}

for file in examples/digits.nn examples/lenet.nn "$work/sequence.nn"; do
  model=$(basename "$file" .nn)
  run 0 "$nncc" "$file" --batch 8 -o "$work/machines"
  [ "$(uname -m)" = x86_64 ] || continue
  on plain "$model" "" --target=x86_64-linux-gnu
  if grep -q fma /proc/cpuinfo; then on fused "$model" "" --target=x86_64-linux-gnu -march=native; fi
  if command -v qemu-aarch64 >/dev/null 2>&1; then
    on arm64 "$model" qemu-aarch64 --target=aarch64-linux-gnu
    [ ! -f "$work/$model.fused" ] || check "has the bits of machines with fused multiply-adds" cmp -s "$work/$model.arm64" "$work/$model.fused"
  fi
  if command -v qemu-riscv64 >/dev/null 2>&1; then
    on riscv64 "$model" qemu-riscv64 --target=riscv64-linux-gnu -march=rv64gc
    check "has the bits of machines without" cmp -s "$work/$model.riscv64" "$work/$model.plain"
  fi

  # Small machines, and others without a system: all that is missing is what compilers bring themselves.
  for target in "--target=thumbv7em-none-eabihf -mcpu=cortex-m4" "--target=thumbv6m-none-eabi -mcpu=cortex-m0" \
    "--target=riscv32-unknown-elf -march=rv32imac -mabi=ilp32" "--target=riscv32-unknown-elf -march=rv32imafc -mabi=ilp32f" \
    "--target=aarch64-none-elf" "--target=x86_64-none-elf -march=x86-64-v3"; do
    case="$model with $target"
    # Without a floating-point unit compilers bring arithmetic, too.
    case $target in *m0*|*imac\ *) soft='|__aeabi_[a-z0-9]+|__[a-z]+[sd]f[a-z0-9]*' ;; *) soft= ;; esac
    # shellcheck disable=SC2086
    "$clang" $target -Os -std=c99 -Wall -Wextra -pedantic -Wconversion -Werror -ffreestanding -c "$work/machines/$model.c" -o "$work/small.o" 2>"$work/err"
    check "compiles" test $? -eq 0
    "$(dirname "$clang")/llvm-nm" -u "$work/small.o" | grep -vE ' U (memset|memcpy|memmove|__aeabi_(memclr|memset|memcpy|memmove)[48]?|__aeabi_l2f|__floatdisf'"$soft"')$' >"$work/out"
    check "needs no library" test ! -s "$work/out"
  done
done
