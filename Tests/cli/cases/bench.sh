# nnrun bench --profile, and the schedule's estimates.
run 0 "$nnrun" bench examples/digits.nn --profile --threads 1 --steps 200
says "GFLOP/s"
says "digits.nn:11"
says "1 thread, at most"
run 0 "$nnrun" bench examples/digits.nn --profile --entry infer --steps 200 --jit cc --json
says '"profile": {"threads": '
says '"limited_by": "'
run 0 "$nncc" examples/digits.nn --emit schedule -o -
says "one thread, too little to share"
run 0 "$nncc" examples/digits.nn --set hidden=2000 --emit schedule -o -
says "shared, "

# Work of generated C that is shared.
run 0 "$nncc" examples/digits.nn --parallel -o "$work/parallel"
check "takes a way to share work" grep -q 'const digits_parallel \*parallel);' "$work/parallel/digits.h"
check "states the memory of a lane" grep -q 'DIGITS_LANE_WORKSPACE' "$work/parallel/digits.h"
run 0 "$nncc" examples/digits.nn -o "$work/serial"
check "takes none if not asked to" sh -c "! grep -q parallel '$work/serial/digits.h'"
