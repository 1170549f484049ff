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
