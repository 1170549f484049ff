# nnrun grad and check: the lectures' numbers.
run 0 "$nnrun" grad examples/gates.nn --json
says '"loss": -12'
says '"gradients": {"x": -4, "y": -4, "z": 3}'
says '"values": {"q": 3'
run 0 "$nnrun" grad examples/gates.nn
says "-12"
run 0 "$nnrun" grad examples/neuron.nn --dtype f64
for number in 0.731059 -0.196612 -0.393224 0.196612 0.393224 -0.589836; do
  says "$number"
done
run 0 "$nnrun" grad examples/norm.nn --dtype f64
for number in 0.116 0.088 0.176 0.104 0.208 -0.112 0.636; do
  says "$number"
done
run 0 "$nnrun" grad examples/linear.nn --dtype f64
for number in 2.9 12.9 5.26667 0.3; do
  says "$number"
done
run 0 "$nnrun" grad examples/xor.nn -o "$work/g.safetensors"
warns "random"
has_file "$work/g.safetensors"
for model in gates neuron norm linear xor digits fashion; do
  run 0 "$nnrun" check "examples/$model.nn" --json
  says '"passed": true'
done
run 0 "$nnrun" check examples/digits.nn

# A part that all examples share, with one element where the whole has many.
printf 'input x: [4]\nparam p: [1] = [0.5]\nloss 0.5 * sum(concat(p, x, axis: 0)^2)\ntrain { data rows(x: [[1, 2, 3, 4]]) }\n' >"$work/part.nn"
run 0 "$nnrun" grad "$work/part.nn" --json
says '"gradients": {"p": [0.5], '
cat >"$work/parts.nn" <<'MODEL'
input x: [3, 2]
param class: [1, 2] = normal(1)
param start: [2] = normal(1)
sequence = concat(class, x, axis: 0)
pair = stack(start, x[0])
h = start
hs = for t in 0..<3 { yield h; h = tanh(h + x[t]) }
embedded = concat(sigmoid(class), x, class, axis: 0)
loss mean(square(sequence)) + mean(pair^3) + mean(square(hs)) + mean(sin(embedded))
MODEL
run 0 "$nnrun" check "$work/parts.nn"

# Statistics of numbers that are far from 0 for how far apart they are.
printf 'input x: [1]\ny = x |> batchnorm\nloss mean(y^2)\n' >"$work/offset.nn"
awk 'BEGIN { print "x"; for (i = 0; i < 4096; i++) print 30000 + i * 37 % 101 / 10 }' >"$work/offset.csv"
run 0 "$nnrun" grad "$work/offset.nn" --data "$work/offset.csv" --json
sed 's/.*"y": \[\[//; s/\]\].*//; s/\], \[/\n/g' "$work/out" >"$work/standard"
check "has mean 0" awk '{ sum += $1 } END { mean = sum / NR; exit !(NR == 4096 && mean < 0.001 && mean > -0.001) }' "$work/standard"
printf 'x\n1\n' >"$work/one.csv"
run 1 "$nnrun" grad "$work/offset.nn" --data "$work/one.csv"
warns "this batch is one example, of which 'batchnorm' can take no variance"

# Powers of what is 0, by a tensor, and with exponents that are 0 where nothing else is: of second order too.
printf 'param x = 0\nloss sum(x ^ [0, 1, 2, 3])\n' >"$work/powers.nn"
run 0 "$nnrun" grad "$work/powers.nn" --json
says '"gradients": {"x": 1}'
printf 'param x = 2\nparam y = 0\nloss gradient(gradient(x^y, x), y) + 2 * gradient(gradient(x^y, y), x)\n' >"$work/powers.nn"
run 0 "$nnrun" grad "$work/powers.nn" --json
says '"loss": 1.5'
run 0 "$nnrun" check "$work/powers.nn"

# Windows of all there is, where a convolution is a plain product, and of lines.
for layers in 'conv(3, kernel: 5)' 'conv(3, kernel: [1, 4]) |> tanh |> conv(2, kernel: [5, 2])' 'conv_transpose(2, kernel: 5) |> maxpool(9)' 'avgpool(5)'; do
  printf 'input x: [2, 5, 5]\nh = x |> %s |> tanh\nloss sum(square(gradient(sum(square(h)), x)))\n' "$layers" >"$work/whole.nn"
  run 0 "$nnrun" check "$work/whole.nn"
done

# Equal elements of a large window share its gradient equally, wherever in it they are.
cat >"$work/ties.nn" <<'MODEL'
param x = [[[1, 1, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]]
loss 3 * sum(maxpool(x, 5, stride: 1))
v = 3 * gradient(sum(maxpool(x, 5, stride: 1)), x)
MODEL
run 0 "$nnrun" grad "$work/ties.nn" --json
says '"gradients": {"x": [[[1, 4, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0], '
says '"v": [[[1, 4, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0], '

# What no window sees has no part in gradients.
printf 'param k = 0.5\nx = sqrt([[[1,2,3,4,5,6],[1,1,1,1,1,1],[1,1,1,1,1,1],[1,1,1,1,1,1],[1,1,1,1,1,1],[-1,1,1,1,1,1]]])
loss sum(maxpool(x + k, 5, stride: 3))\n' >"$work/unseen.nn"
run 0 "$nnrun" grad "$work/unseen.nn" --json
says '"gradients": {"k": 1}'
