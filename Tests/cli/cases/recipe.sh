# Optimizers, schedules and bounds on the gradient, from the command line.
for optimizer in 'adamw(rate: 0.01)' 'rmsprop(rate: 0.001, momentum: 0.9, centered: true)' 'adagrad(rate: 0.05)' 'adadelta'; do
  rm -rf "$work/recipe.run"
  run 0 "$nnrun" train examples/digits.nn -o "$work/recipe.run" --epochs 2 --optimizer "$optimizer" --clip 1 --json
  says '"accuracy": 0.'
done
for schedule in constant 'step(every: epoch)' 'multistep(at: [10, epoch])' 'exponential(factor: 0.99)' 'inverse(every: epoch)' \
  'polynomial(power: 2, end: 0.1, warmup: 10)' 'cosine(end: 0.1)' one_cycle; do
  rm -rf "$work/recipe.run"
  run 0 "$nnrun" train examples/digits.nn -o "$work/recipe.run" --epochs 2 --schedule "$schedule" -q
done
run 1 "$nnrun" train examples/digits.nn -o "$work/recipe.run" --schedule 'cosine(ends: 0.1)'
warns "did you mean 'end'?"
run 1 "$nnrun" train examples/digits.nn -o "$work/recipe.run" --schedule 'step(factor: 0.1)'
warns "'step' needs its 'every'"
run 1 "$nnrun" train examples/digits.nn -o "$work/recipe.run" --optimizer 'adadelta(smoothing: 2)'
warns "'smoothing' is from 0 to 1, not 2"
