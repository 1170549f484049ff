# Killed at random moments and resumed each time, a training ends with the weights of one that was never stopped.
# KILLS=100 kills a hundred times; the run is long enough that many kills fall into the writing of a checkpoint.
kills=${KILLS:-5}
killed=0
resumed=0
finished=0
recipe="examples/digits.nn --epochs 8 --seed 3 --optimizer adam(rate:0.001) --set hidden=200"
# shellcheck disable=SC2086
run 0 "$nnrun" train $recipe -o "$work/alive.run" -q
case="nnrun train, killed"
while [ "$killed" -lt "$kills" ]; do
  # shellcheck disable=SC2086
  "$nnrun" train $recipe -o "$work/killed.run" --resume --save-every 0 --threads $((killed % 2 + 1)) >"$work/out" 2>"$work/err" </dev/null &
  process=$!
  sleep "0.$(od -An -N1 -tu1 /dev/urandom | tr -d ' ' | awk '{ printf "%03d", $1 * 2 }')"
  if kill -9 "$process" 2>/dev/null; then killed=$((killed + 1)); fi
  wait "$process" 2>/dev/null
  code=$?
  grep -q resumed "$work/err" && resumed=$((resumed + 1))
  if [ "$code" -eq 0 ]; then
    finished=$((finished + 1))
    check "has the weights of an undisturbed run" cmp -s "$work/alive.run/weights.safetensors" "$work/killed.run/weights.safetensors"
    rm -rf "$work/killed.run"
  else
    check "ends by the kill, not with $code" test "$code" -eq 137
  fi
done
# shellcheck disable=SC2086
run 0 "$nnrun" train $recipe -o "$work/killed.run" --resume -q
check "has the weights of an undisturbed run" cmp -s "$work/alive.run/weights.safetensors" "$work/killed.run/weights.safetensors"
check "has a line for each epoch" test "$(wc -l <"$work/killed.run/metrics.jsonl")" -eq 8
check "leaves nothing behind" test "$(find "$work/killed.run" -type f | wc -l)" -eq 4
[ "$kills" -le 5 ] || echo "killed $killed times, resumed $resumed times, finished $((finished + 1)) times"

# A disk that is full: a clear error, and the checkpoint stays as it was.
cp "$work/killed.run/checkpoint" "$work/before"
case="nnrun train, on a full disk"
# shellcheck disable=SC2086
(ulimit -f 200; exec "$nnrun" train $recipe --epochs 9 -o "$work/killed.run" --resume -q) >"$work/out" 2>"$work/err" </dev/null
check "ends with 3" test "$?" -eq 3
warns "killed.run/checkpoint"
check "keeps the checkpoint" cmp -s "$work/before" "$work/killed.run/checkpoint"
check "leaves nothing behind" test "$(find "$work/killed.run" -type f | wc -l)" -eq 4
