# Completions, manual pages, the search for a rate, curves.
run 0 "$nnrun" completions bash
cp "$work/out" "$work/complete.bash"
# What the shell would offer for the last word of a line.
offered() {
  # shellcheck disable=SC2016
  bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); "_$1_complete"; echo "${COMPREPLY[@]}"' "$work/complete.bash" "$@"
}
check "completes commands" test "$(offered nnrun tr)" = "train"
check "completes options" test "$(offered nnrun train --res)" = "--resume"
check "completes choices" test "$(offered nnrun train --jit t)" = "tcc"
check "leaves files to the shell" test -z "$(offered nnrun train mod)"
check "completes a program without commands" test "$(offered nncc --ent)" = "--entry"
run 0 "$nnrun" completions fish
says "-l resume"
cp "$work/out" "$work/complete.fish"
run 0 "$nnrun" completions zsh
cp "$work/out" "$work/complete.zsh"
# What a line becomes when it is typed into the shell, and a tab.
in_fish() { fish -c 'source $argv[1]; complete -C $argv[2]' "$work/complete.fish" "$1" | cut -f1; }
in_zsh() { timeout 60 zsh -f Tests/cli/complete.zsh "$work/complete.zsh" "$1"; }
for completion in 'nnrun tr>ain' 'nnrun train --resu>me' 'nnrun train --jit t>cc' 'nncc fm>t' 'nncc fmt --ch>eck' 'nncc --ent>ry'; do
  begun=${completion%>*}
  ! command -v fish >/dev/null || check "completes '$begun' in fish" test "$(in_fish "$begun")" = "${begun##* }${completion#*>}"
  ! command -v zsh >/dev/null || check "completes '$begun' in zsh" test "$(in_zsh "$begun")" = "LINE $begun${completion#*>}"
done
run 2 "$nnrun" completions bsh
warns "did you mean 'bash'?"

run 0 "$nnrun" manual "$work/man"
for page in nncc nnrun nnrun-train nnrun-predict; do
  has_file "$work/man/$page.1"
  ! command -v groff >/dev/null || check "is a manual page" test -z "$(groff -man -Tutf8 -ww -z "$work/man/$page.1" 2>&1)"
done
check "tells every option" grep -qF '\-\-resume' "$work/man/nnrun-train.1"

run 0 "$nnrun" tune examples/digits.nn
says "suggested rate  0."
run 0 "$nnrun" tune examples/digits.nn --optimizer 'adam(rate: 1)' --json
says '{"rate": 0.0'
has_no_file digits.run
printf 'param w = 1\nloss -1 * w * 0\ntrain { epochs 1 }\n' >"$work/flat.nn"
run 0 "$nnrun" tune "$work/flat.nn"
says "nothing was learnt"
printf 'input x: [2]\noutput x\n' >"$work/lossless.nn"
run 1 "$nnrun" tune "$work/lossless.nn"
warns "no loss to train by"

run 0 "$nnrun" train examples/digits.nn -o "$work/plot.run" --epochs 4 --plot
warns "loss by epoch: * while learning, o on the validation data"

# A sweep ranks its candidates, and does not do again what is done.
run 0 "$nnrun" sweep examples/digits.nn -o "$work/sweep" --set hidden=5,40 --rate 0.1,0.01 --epochs 3
check "ranks four candidates" test "$(wc -l <"$work/out")" -eq 5
check "puts the best first" grep -q '^ *1  *40  *0.1 ' "$work/out"
cp "$work/out" "$work/ranking"
has_file "$work/sweep/ranking.csv"
has_file "$work/sweep/hidden=5,rate=0.01/weights.safetensors"
run 0 "$nnrun" sweep examples/digits.nn -o "$work/sweep" --set hidden=5,40 --rate 0.1,0.01 --epochs 3
check "ranks them the same again" cmp -s "$work/out" "$work/ranking"
run 3 "$nnrun" sweep examples/digits.nn -o "$work/sweep" --set hidden=5,40 --rate 0.1,0.01 --epochs 3 --batch 64
warns "the run was saved with 'batch 32' and goes on with 'batch 64'"
run 3 "$nnrun" sweep examples/digits.nn -o "$work/sweep" --set hidden=5,40 --rate 0.1,0.01 --epochs 1
warns "3 epochs, not 1"
check "a run knows its rate" grep -q -- '--optimizer=sgd(.*rate: 0.01)' "$work/sweep/hidden=5,rate=0.01/run.json"
run 0 "$nnrun" sweep examples/digits.nn -o "$work/sweep1" --rate 0.1,1e30 --epochs 1 --json
says '"run": "rate=1e+30", "error": '
printf 'param w: [2] = 1\nloss mean(sqrt(relu(w)))\ntrain { data random(8); split validation: 0.5; epochs 3; optimizer sgd(rate: 0.1) }\n' >"$work/root.nn"
for turn in first second; do
  run 0 "$nnrun" sweep "$work/root.nn" -o "$work/sweep3" --rate 0.001,1
  check "ranks both, the $turn time" test "$(wc -l <"$work/out")" -eq 3
done
run 0 "$nnrun" sweep examples/digits.nn -o "$work/sweep2" --set hidden=5,6,7,8 --trials 2 --epochs 1
check "tries two" test "$(wc -l <"$work/out")" -eq 3
run 2 "$nnrun" sweep examples/digits.nn
warns "nothing to vary"
for values in , 50,,100 50, ,50 '5, ,6'; do
  run 2 "$nnrun" sweep examples/digits.nn -o "$work/none" --set "hidden=$values"
  warns "a value is missing in '--set hidden=$values'"
done
run 1 "$nnrun" sweep examples/digits.nn --set hiden=5,6
warns "did you mean 'hidden'?"
run 1 "$nnrun" sweep examples/xor.nn --rate 1,2
warns "nothing to rank the candidates by"

# nncc fmt: models of examples/ are as it leaves them; it writes whole files or none, and leaves broken ones alone.
run 0 "$nncc" fmt --check examples/*.nn
prints_nothing
mkdir "$work/format"
printf 'input x:[2]  # two\nparam w=3\nloss w*sum(x)' >"$work/format/ragged.nn"
cp "$work/format/ragged.nn" "$work/format/before.nn"
printf 'loss (1\n' >"$work/format/broken.nn"
cp "$work/format/broken.nn" "$work/format/broken_before.nn"
run 1 "$nncc" fmt --check "$work/format/ragged.nn" examples/xor.nn
check "names what is not formatted" test "$(cat "$work/out")" = "$work/format/ragged.nn"
check "writes nothing" cmp -s "$work/format/before.nn" "$work/format/ragged.nn"
run 1 "$nncc" fmt --check "$work/format/ragged.nn" --json
says '"formatted": false'
chmod 640 "$work/format/ragged.nn"
run 1 "$nncc" fmt "$work/format/broken.nn" "$work/format/ragged.nn"
warns "broken.nn:1:6: error: this '(' is never closed"
warns "formatted $work/format/ragged.nn"
check "leaves a broken file alone" cmp -s "$work/format/broken_before.nn" "$work/format/broken.nn"
check "formats the others" grep -q '^param w = 3$' "$work/format/ragged.nn"
check "keeps who may read it" test "$(stat -c %a "$work/format/ragged.nn")" = 640
run 0 "$nncc" fmt "$work/format/ragged.nn"
is_silent
case="nncc fmt -"
"$nncc" fmt - <"$work/format/before.nn" >"$work/out" 2>"$work/err"
check "prints what comes from standard input" cmp -s "$work/out" "$work/format/ragged.nn"
run 3 "$nncc" fmt "$work/format/absent.nn"
run 2 "$nncc" fmt
warns "MODEL.nn is missing"
run 2 "$nncc" fmt - -
run 2 "$nncc" ftm "$work/format/ragged.nn"
warns "did you mean 'fmt'?"
(ulimit -f 0; exec "$nncc" fmt "$work/format/before.nn") >"$work/out" 2>"$work/err" </dev/null
check "keeps the file when the disk is full" grep -q 'param w=3' "$work/format/before.nn"
check "leaves nothing behind" test "$(find "$work/format" -type f | wc -l)" -eq 4
run 0 "$nncc" --help
says "nncc fmt"
