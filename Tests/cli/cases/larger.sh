# Data larger than memory: 300 MB of numbers in a program that has room for 480 MB in all, code and libraries included, and uses less than 100.
# Holes in a file take no room on the disk.
printf '\0\0\010\002\0\0\022\300\0\001\0\0' >"$work/large.idx"
truncate -s $((12 + 4800 * 65536)) "$work/large.idx"
{ printf '\0\0\010\001\0\0\022\300'; head -c 4800 /dev/zero; } >"$work/large_labels.idx"
cat >"$work/large.nn" <<'MODEL'
input  x: [65536]
target t: class(2)
s = x |> dense(2)
loss   cross_entropy(s, t)
metric accuracy(s, t)
train { data idx("large.idx", "large_labels.idx"); split validation: 0.1; batch 16; epochs 1; optimizer sgd(rate: 0.1) }
MODEL
# shellcheck disable=SC2016
run 0 sh -c 'ulimit -v 480000; exec "$0" train "$1" -o "$2" --json --threads 2' "$nnrun" "$work/large.nn" "$work/large.run"
says '"accuracy": 1'
memory() { /usr/bin/time -f %M "$@" 2>&1 >/dev/null | tail -1; }
if [ -x /usr/bin/time ]; then
  case="nnrun train, larger than memory"
  check "takes less than 100 MB" test "$(memory "$nnrun" train "$work/large.nn" -o "$work/large2.run" -q)" -lt 100000
fi
rm -f "$work/large.idx"
# Several files make one source.
printf '\0\0\010\002\0\0\0\002\0\0\0\002abcd' >"$work/a.idx"
printf '\0\0\010\001\0\0\0\002\0\001' >"$work/a_labels.idx"
sed -e 's/65536/2/' -e 's/idx(.*"); split/idx(["a.idx", "a.idx"], ["a_labels.idx", "a_labels.idx"]); split/' -e 's/0.1; batch 16/0.5; batch 2/' \
  "$work/large.nn" >"$work/several.nn"
run 0 "$nnrun" train "$work/several.nn" -o "$work/several.run"
warns "2 examples to learn from, 2 to validate by"
sed 's/, "a_labels.idx"\]/]/' "$work/several.nn" >"$work/uneven.nn"
run 1 "$nnrun" train "$work/uneven.nn" -o "$work/uneven.run"
warns "each file of images has one of labels, but here 2 come with 1"
mkdir -p "$work/more/dark" "$work/more/light" "$work/other/dark" "$work/other/gray"
for folder in more other; do for class in dark light gray; do
  [ ! -d "$work/$folder/$class" ] || printf 'P2 2 1 255 1 2' >"$work/$folder/$class/1.pgm"
done; done
sed -e 's/65536/2/' -e 's/idx(.*"); split/images(["more", "more"]); split/' -e 's/0.1; batch 16/0.5; batch 2/' "$work/large.nn" >"$work/folders.nn"
run 0 "$nnrun" train "$work/folders.nn" -o "$work/folders.run" -q
sed 's/"more", "more"/"more", "other"/' "$work/folders.nn" >"$work/strange.nn"
run 1 "$nnrun" train "$work/strange.nn" -o "$work/strange.run"
warns "its classes are not those of 'more'"
