# nnrun train, eval, predict and bench: runs, resuming, signals.
run 0 "$nnrun" train examples/xor.nn -o "$work/xor.run" --json
says '"epochs": 200'
has_file "$work/xor.run/weights.safetensors"
has_file "$work/xor.run/metrics.jsonl"
run 3 "$nnrun" train examples/xor.nn -o "$work/xor.run"
warns "--resume"
rows='rows(x: [[0, 0], [0, 1], [1, 0], [1, 1]], t: [[0], [1], [1], [0]])'
run 0 "$nnrun" eval examples/xor.nn --weights "$work/xor.run/weights.safetensors" --data "$rows" --json
says '"right": 1'
run 0 "$nnrun" predict examples/xor.nn --weights "$work/xor.run/weights.safetensors" --data "$rows" -o "$work/p.safetensors"
has_file "$work/p.safetensors"
run 0 "$nnrun" predict examples/xor.nn --weights "$work/xor.run/weights.safetensors" --data 'rows(x: [[0, 1]])' --json
says '"probability": [[0.9'
run 3 "$nnrun" eval examples/xor.nn --weights "$work/absent.safetensors" --data "$rows"
run 1 "$nnrun" eval examples/digits.nn --weights "$work/xor.run/weights.safetensors" --data examples/data/digits.csv.gz

# Stopped and resumed is as if never stopped.
run 0 "$nnrun" train examples/digits.nn -o "$work/whole.run" --epochs 3 -q
run 0 "$nnrun" train examples/digits.nn -o "$work/parts.run" --epochs 3 --resume -q
check "resumes where there is nothing" cmp -s "$work/whole.run/weights.safetensors" "$work/parts.run/weights.safetensors"

for number in INT:130 TERM:143; do
  case="nnrun train, SIG${number%:*}"
  "$nnrun" train examples/digits.nn -o "$work/$number.run" --epochs 100000 >"$work/out" 2>"$work/err" </dev/null &
  process=$!
  tries=0
  until [ -s "$work/$number.run/metrics.jsonl" ] || [ "$tries" -ge 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill "-${number%:*}" "$process"
  wait "$process"
  code=$?
  check "ends with $code" test "$code" -eq "${number#*:}"
  check "saves a checkpoint" test -s "$work/$number.run/checkpoint"
  warns "--resume"
done
run 0 "$nnrun" bench examples/xor.nn --steps 1000 --json
says '"median_us": '

# Values that are nothing but states keep what they were before the call.
printf 'input x: []\nstate a: [] = 1\nstate b: [] = 2\nnext a = b + x\nnext b = a\nparam w = 1\noutput before = a\nloss w * a * b\n' >"$work/swap.nn"
printf 'train { data rows(x: [10, 20, 30]); batch 1; epochs 0; optimizer sgd(rate: 0) }\n' >>"$work/swap.nn"
run 0 "$nnrun" train "$work/swap.nn" -o "$work/swap.run" -q
run 0 "$nnrun" predict "$work/swap.nn" --weights "$work/swap.run/weights.safetensors" --data 'rows(x: [10, 20, 30])' --json
says '"before": [1, 12, 21]'
