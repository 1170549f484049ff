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
