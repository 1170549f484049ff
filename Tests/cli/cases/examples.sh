# The examples that are trained, and what they come to. LONG=1 (make examples) trains at full length what takes long.
train() {
  example=$1
  shift
  run 0 "$nnrun" train "examples/$example.nn" -o "$work/$example.run" --json -q "$@"
  check "nothing is found to be wrong" test "$(grep -c '"diagnoses"' "$work/$example.run/metrics.jsonl")" -eq 0
}

# The last number of a name in the JSON on standard output.
number() { sed -n "s/.*\"$1\": \([-+0-9.e]*\).*/\1/p" "$work/out"; }
is_within() {
  check "$1 is $(number "$1"), in $2...$3" awk -v found="$(number "$1")" -v low="$2" -v high="$3" \
    'BEGIN { exit !(found != "" && found >= low && found <= high) }'
}

# Parameters of 3-4-2 and 3-4-4-1 networks.
run 0 "$nncc" examples/net342.nn --emit summary -o -
says "net342: 26 parameters"
run 0 "$nncc" examples/net3441.nn --emit summary -o -
says "net3441: 41 parameters"

train decay
run 0 "$nnrun" predict examples/decay.nn --weights "$work/decay.run/weights.safetensors" --data 'rows(x: [[1]])' --json
says '{"weight": [1.65]}'

train perceptron
for learnt in and or deep_xor deep_nxor; do is_within $learnt 1 1; done
for beyond in xor nxor; do is_within $beyond 0 0.75; done

# 1,000 random binary numbers of twelve digits at once, each in a slot of its own, and their remainders by hand.
sed 's/batch 1 /batch 1000 /' examples/automaton.nn >"$work/automaton.nn"
awk 'BEGIN {
  srand(4); print "digit"
  for (t = 0; t < 12; t++) for (i = 0; i < 1000; i++) print int(2 * rand())
}' >"$work/digits.csv"
run 0 "$nnrun" predict "$work/automaton.nn" --data "csv(\"$work/digits.csv\", digit: \"digit\")" --json
sed 's/.*"argmax": \[\([^]]*\).*/\1/' "$work/out" | tr -d ' ' | tr ',' '\n' >"$work/found"
awk 'NR > 1 { i = NR % 1000; state[i] = (2 * state[i] + $1) % 3; print state[i] }' "$work/digits.csv" >"$work/remainders"
echo "12,000 remainders" >"$work/out"
check "finds the remainders" cmp -s "$work/found" "$work/remainders"

train siamese
is_within nearest 0.78 1
is_within pixels 0.55 0.7
train lenet --epochs 5
is_within accuracy 0.93 1
train unet --epochs 3
is_within right 0.9 1
train wired --epochs 4
is_within accuracy 0.85 1

# Pictures in the binary format of CIFAR-10, of four kinds that the colour tells apart.
mkdir -p "$work/cifar"
for file in data_batch_1 data_batch_2 data_batch_3 data_batch_4 data_batch_5 test_batch; do
  LC_ALL=C awk -v seed="$file" 'BEGIN {
    srand(length(seed) + substr(seed, length(seed)))
    for (i = 0; i < 24; i++) {
      kind = i % 4 + 1
      printf "%c", kind
      for (p = 0; p < 3072; p++) printf "%c", 1 + int(100 * rand()) + (int(p / 1024) == kind - 1 ? 100 : 0)
    }
  }' >"$work/cifar/$file.bin"
done
train cifar --data "cifar10(\"$work/cifar\")" --test "cifar10(\"$work/cifar\")" --epochs 8 --batch 16 --schedule constant --optimizer 'sgd(rate: 0.02, momentum: 0.9)'
is_within accuracy 0.7 1

run 0 "$nncc" examples/alexnet.nn --emit summary -o -
says "alexnet: 60,965,224 parameters"
if [ "${LONG:-}" ]; then
  train alexnet
  is_within loss 0 8
fi
fashion=/usr/share/datasets/fashion-mnist
if [ "${LONG:-}" ] && [ -d "$fashion" ]; then
  train fashion_cnn
  is_within accuracy 0.916 1
fi

train vae
is_within off 0 0.12
is_within divergence 0.5 10
train gan
is_within off 0 0.2
train critic
is_within apart 1.7 2.6
train hello
is_within accuracy 1 1
train transformer
is_within accuracy 0.99 1

if [ "${LONG:-}" ]; then
  train ntm
  is_within bits 0 0.01
else
  train ntm --epochs 1 --data 'random(3200)' --validation 'random(64)'
  is_within bits 0.1 1.1
fi

# Every gradient is right; with AlexNet's sixty million parameters that takes a minute.
for example in $(grep -l '^ *loss ' examples/*.nn); do
  if [ "$example" != examples/alexnet.nn ] || [ "${LONG:-}" ]; then run 0 "$nnrun" check "$example" -q; fi
done
