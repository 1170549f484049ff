# nnrun grad --jvp and --hvp, and what summaries say of derivatives.
run 0 "$nnrun" train examples/xor.nn -o "$work/direction.run" -q
run 0 "$nnrun" grad examples/xor.nn --jvp "$work/direction.run/weights.safetensors" --hvp "$work/direction.run/weights.safetensors" --json
says '"jvp": '
says '"hvp": {"dense1.weight": [['
run 0 "$nnrun" grad examples/xor.nn --hvp "$work/direction.run/weights.safetensors"
says "hvp"
run 1 "$nnrun" grad examples/digits.nn --jvp "$work/direction.run/weights.safetensors"
warns "its shape is "
run 3 "$nnrun" grad examples/xor.nn --hvp "$work/absent.safetensors"
warns "absent.safetensors"
run 0 "$nncc" examples/digits.nn --emit summary -o -
says "derivative  multiply-adds  of loss"
for entry in loss jvp hvp; do
  run 0 "$nnrun" bench examples/xor.nn --entry "$entry" --steps 1000 --json
  says '"median_us": '
done
run 0 "$nncc" examples/xor.nn --entry jvp,hvp -o "$work/derivatives"
check "declares them" grep -q xor_hvp "$work/derivatives/xor.h"
