# Help, versions and mistakes on the command line.
run 0 "$nncc" --help
says "Examples:"
is_silent
run 0 "$nnrun" --help
says "nnrun train"
for command in train eval predict grad check bench; do
  run 0 "$nnrun" "$command" --help
  says "Usage: nnrun $command MODEL.nn"
done
run 0 "$nncc" --version
says "nncc "
run 2 "$nncc"
warns "MODEL.nn is missing"
prints_nothing
run 2 "$nnrun"
run 2 "$nnrun" trian examples/xor.nn
warns "did you mean 'train'?"
run 2 "$nnrun" train examples/xor.nn --epoch 3
warns "did you mean '--epochs'?"
run 2 "$nnrun" train examples/xor.nn --epochs many
warns "whole number"
run 2 "$nnrun" eval examples/xor.nn
warns "--weights is missing"
run 2 "$nncc" examples/xor.nn --bacth=3 --json
says '"errors"'
says "did you mean '--batch'?"
run 2 "$nncc" examples/xor.nn -o - --emit c,header

# One document each.
run 0 "$nnrun" completions bash --json
check "is one document" python3 -m json.tool "$work/out" /dev/null
run 0 "$nnrun" manual "$work/pages" --json
check "is one document" python3 -m json.tool "$work/out" /dev/null
says '"nnrun-train.1"'
run 2 "$nnrun" train examples/xor.nn --seed 4294967296
warns "a whole number, 0 to 4294967295"
run 2 "$nnrun" sweep examples/digits.nn --set hidden=20 --set hidden=30
warns "'--set hidden' is given twice"
warns "--set hidden=20,30"
run 2 "$nnrun" tune examples/digits.nn --epochs 3
warns "unknown option '--epochs'"

# An error in a line is one error, whatever lines its pipe goes on to.
printf 'input x: [1, 8, 8]\ny = x\n  |> conv(8, kernel: 3 pad: 1)\n  |> relu\n  |> conv(8, kernel: 3)\nloss sum(y)\n' >"$work/comma.nn"
run 1 "$nncc" "$work/comma.nn" -o -
check "tells of one error" test "$(grep -c 'error:' "$work/err")" -eq 1
printf 'output one_hot([0, 3, 7], classes: 4)\n' >"$work/stranger.nn"
run 1 "$nncc" "$work/stranger.nn" -o -
warns "a class among 4 is a whole number in 0..<4, not 7"
