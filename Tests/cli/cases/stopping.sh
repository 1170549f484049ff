# What ends runs at a bad moment: a sweep that is stopped, a second Ctrl-C, a folder that is gone.
sweep="examples/digits.nn --set hidden=5,10,20 --rate 0.1,0.01 --epochs 12"
without_seconds() { sed 's/,[^,]*$//' "$1/ranking.csv"; }
# shellcheck disable=SC2086
run 0 "$nnrun" sweep $sweep -o "$work/serial" --threads 1
cp "$work/out" "$work/serial_table"
case="nnrun sweep, stopped"
# shellcheck disable=SC2086
"$nnrun" sweep $sweep -o "$work/stopped" --threads 3 >"$work/out" 2>"$work/err" </dev/null &
process=$!
tries=0
until [ -s "$work/stopped/hidden=5,rate=0.1/metrics.jsonl" ] || [ "$tries" -ge 200 ]; do sleep 0.02; tries=$((tries + 1)); done
kill -INT "$process"
wait "$process"
check "ends with 130" test "$?" -eq 130
warns "the same command goes on"
check "has no ranking yet" test ! -e "$work/stopped/ranking.csv"
check "saves what was trained just then" test -s "$work/stopped/hidden=5,rate=0.01/checkpoint"
# shellcheck disable=SC2086
run 0 "$nnrun" sweep $sweep -o "$work/stopped" --threads 2
without_seconds "$work/serial" >"$work/serial_ranking"
without_seconds "$work/stopped" >"$work/stopped_ranking"
check "comes to what one thread comes to" cmp -s "$work/serial_ranking" "$work/stopped_ranking"
for run in "$work"/serial/*/; do
  check "trains $(basename "$run") to the same bits" cmp -s "$run/weights.safetensors" "$work/stopped/$(basename "$run")/weights.safetensors"
done
run 0 "$nnrun" sweep examples/digits.nn -o "$work/twice" --set hidden=5,5 --epochs 1
check "tries what is named twice once" test "$(wc -l <"$work/out")" -eq 2

# A step of seconds: the first Ctrl-C waits for its end, the second does not.
cat >"$work/slow.nn" <<'MODEL'
input x: []
h = x * ones([4096]) |> dense(4096) |> dense(4096) |> dense(4096)
loss sum(h^2)
train { data random(4096); batch 4096; epochs 1000; optimizer sgd(rate: 0) }
MODEL
case="nnrun train, interrupted twice"
"$nnrun" train "$work/slow.nn" -o "$work/slow.run" >"$work/out" 2>"$work/err" </dev/null &
process=$!
tries=0
until grep -q "examples to learn from" "$work/err" || [ "$tries" -ge 600 ]; do sleep 0.1; tries=$((tries + 1)); done
sleep 0.5
kill -INT "$process"
sleep 0.3
check "waits for the step" kill -0 "$process"
started=$(date +%s%N)
kill -INT "$process"
wait "$process"
check "ends with 130" test "$?" -eq 130
check "ends at once" test $(($(date +%s%N) - started)) -lt 1000000000

# The folder of a run goes away, or cannot be written to, while it is in use: an error, and what was saved is still good.
case="nnrun train, its folder moved"
"$nnrun" train examples/digits.nn -o "$work/gone.run" --epochs 100000 --save-every 0 >"$work/out" 2>"$work/err" </dev/null &
process=$!
tries=0
until [ -s "$work/gone.run/checkpoint" ] || [ "$tries" -ge 200 ]; do sleep 0.1; tries=$((tries + 1)); done
mv "$work/gone.run" "$work/moved.run"
wait "$process"
check "ends with 3" test "$?" -eq 3
warns "gone.run/"
epochs=$(($(cat "$work/moved.run/metrics.jsonl" 2>/dev/null | wc -l) + 2))
run 0 "$nnrun" train examples/digits.nn -o "$work/moved.run" --resume --epochs "$epochs" -q
run 3 "$nnrun" train examples/xor.nn -o /dev/full/run
run 3 "$nnrun" train examples/xor.nn -o "$work/moved.run/checkpoint"

# Batches that are worth a thread of their own: made ahead of the steps or not, learnt from whole or in parts, they come to the same.
for threads in 1 2 3; do
  run 0 "$nnrun" train examples/digits.nn -o "$work/ahead$threads.run" --batch 512 --epochs 12 --threads "$threads" -q
  check "learns the same with $threads threads" cmp -s "$work/ahead1.run/weights.safetensors" "$work/ahead$threads.run/weights.safetensors"
done
case="nnrun train, stopped with batches ahead"
"$nnrun" train examples/digits.nn -o "$work/behind.run" --batch 512 --epochs 12 --threads 2 --save-every 0 >"$work/out" 2>"$work/err" </dev/null &
process=$!
tries=0
until [ -s "$work/behind.run/checkpoint" ] || [ "$tries" -ge 200 ]; do sleep 0.01; tries=$((tries + 1)); done
kill -9 "$process" 2>/dev/null
wait "$process" 2>/dev/null
run 0 "$nnrun" train examples/digits.nn -o "$work/behind.run" --batch 512 --epochs 12 --threads 2 --resume -q
check "goes on bit for bit" cmp -s "$work/ahead1.run/weights.safetensors" "$work/behind.run/weights.safetensors"

# A sweep of which nothing comes.
run 1 "$nnrun" sweep examples/digits.nn -o "$work/nothing" --rate 1e30,1e29 --epochs 1
says "1e+30"

# While data is read there is nothing to save, and no reason to wait.
python3 -c 'print("a,b"); print("1,2\n" * 6000000, end="")' >"$work/long.csv"
printf 'input x: [2]\nparam w = [1, 1]\nloss sum(w * x)\ntrain { data csv("long.csv") }\n' >"$work/long.nn"
case="nnrun train, interrupted while it reads"
"$nnrun" train "$work/long.nn" -o "$work/long.run" --json >"$work/out" 2>"$work/err" </dev/null &
process=$!
sleep 0.3
started=$(date +%s%N)
kill -TERM "$process"
wait "$process"
check "ends with 143" test "$?" -eq 143
check "ends at once" test $(($(date +%s%N) - started)) -lt 400000000
check "leaves nothing behind" test ! -e "$work/long.run"
check "is one document" python3 -m json.tool "$work/out" /dev/null
