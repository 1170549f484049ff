# nnrun train --tensorboard: event files, read by TensorBoard itself.
run 0 "$nnrun" train examples/digits.nn -o "$work/board.run" --epochs 3 --tensorboard -q
check "writes one file" test "$(ls "$work"/board.run/events.out.tfevents.* | wc -l)" -eq 1
sleep 1
run 0 "$nnrun" train examples/digits.nn -o "$work/board.run" --epochs 5 --tensorboard --resume -q
check "still has one file" test "$(ls "$work"/board.run/events.out.tfevents.* | wc -l)" -eq 1
run 0 "$nnrun" train examples/digits.nn -o "$work/plain.run" --epochs 1 -q
check "writes none unasked" test -z "$(ls "$work/plain.run" | grep tfevents)"

# Afterwards, too.
run 0 "$nnrun" train examples/digits.nn -o "$work/plain.run" --epochs 1 --resume --tensorboard -q
check "writes one file" test "$(ls "$work"/plain.run/events.out.tfevents.* | wc -l)" -eq 1

python=.build/python/bin/python
if [ -x "$python" ]; then
  run 0 "$python" Tests/tensorboard/read.py "$work/board.run"
  says "5 epochs"
  run 0 "$python" Tests/tensorboard/read.py "$work/plain.run"
  says "13 tags, 1 epochs"
else
  printf 'tensorboard: not read by TensorBoard, which "scripts/setup tests" installs\n'
fi
