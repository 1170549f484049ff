# scripts/compare: what it says where it cannot compare, and a few models where PyTorch is installed.
if command -v python3 >/dev/null; then
  run 2 scripts/compare --size huge
  warns "invalid choice: 'huge'"
  run 2 scripts/compare --jit gcc
  warns "there are tcc and cc"
  run 2 scripts/compare --models 0
  warns "no whole number from 1 on"
  run 2 env NNCC_RIVALS_PYTHON=/no/python scripts/compare
  warns "which is no program"
  run 0 scripts/compare --help
  says "--model SEED"

  rivals=${NNCC_RIVALS_PYTHON:-.rivals/bin/python}
  if "$rivals" -c 'import numpy, torch' 2>/dev/null; then
    run 0 env NNCC_RIVALS_PYTHON="$rivals" scripts/compare --bin "$bin" --models 8 --keep "$work/compare"
    says "8 models to seed 8"
    has_no_file "$work/compare"
    run 2 env NNCC_RIVALS_PYTHON="$rivals" scripts/compare --bin "$work" --models 1
    warns "--bin names its folder"
  else
    printf 'compare: no random models without PyTorch: see docs/ADDING-AN-OPERATION.md\n'
  fi
fi
