#!/bin/sh
# Prints the templates as generated C carries them: without their stand-alone heads, with an element type and a prefix of their own.
# usage: exported.sh f32|f64 [files]; with "files" it prints which they are
set -eu
cd "$(dirname "$0")"
case $1 in f32) real=float ;; *) real=double ;; esac
files="arithmetic math_$1 vector_$1 vector reduce product packing dots pixels winograd random"
if [ "${2:-}" = files ]; then
  echo "$files"
  exit
fi
for file in $files; do
  sed -n '/^\/\/ @/,$p' "../../templates/$file.c"
  echo
done | cat - exported_entries.c | sed "s/\\breal\\b/$real/g; s/\\bnn_/ex_/g"
