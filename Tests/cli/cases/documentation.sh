# README.md and docs/*.md: their commands work as they stand there, in their order, and print what they are said to print; their
# links lead somewhere. Every file gets a folder of its own with the examples. Building, installing and timing are left out.

# Writes block N of commands to N.sh, and what directly follows it to N.output (a block of no language) or to N.c.
split_document() {
  awk -v folder="$2" '
    /^```/ && inside { inside = 0; follows = file ~ /\.sh$/; close(file); next }
    /^```/ {
      inside = 1
      kind = substr($0, 4)
      if (kind == "sh") file = folder "/" ++count ".sh"
      else if (follows && kind == "") file = folder "/" count ".output"
      else if (follows && kind == "c") file = folder "/" count ".c"
      else file = ""
      next
    }
    inside && file ~ /\.sh$/ && /^(make|apt-get|sudo|python3 -m venv|cd) / { next }
    inside && file != "" { print > file; next }
    NF { follows = 0 }
  ' "$1"
}

# Whether every line of a text is in one of the C files below a folder.
stands_in_c() {
  while IFS= read -r line; do
    grep -rqxF --include='*.c' -- "$line" "$2" || { printf 'not in the C: %s\n' "$line" >>"$work/err"; return 1; }
  done <"$1"
}

# Checks the blocks of a document in the folder it has for itself.
follow_blocks() {
  number=0
  while number=$((number + 1)); [ "$number" -le "$(ls "$2" | wc -l)" ]; do
    block=$2/$number
    [ -s "$block.sh" ] || continue
    # shellcheck disable=SC2016
    run 0 env PATH="$bin:$PATH" sh -e -c 'cd "$0" && . "$1"' "$3" "$block.sh"
    case="$1, block $number: $(cat "$block.sh")"
    [ ! -f "$block.output" ] || check "prints what the document shows" cmp -s "$block.output" "$work/out"
    [ ! -f "$block.c" ] || check "writes the C that the document shows" stands_in_c "$block.c" "$3"
  done
}

for document in README.md docs/*.md; do
  name=$(basename "$document" .md)
  mkdir -p "$work/documents/$name/blocks" "$work/documents/$name/here"
  cp -R examples "$work/documents/$name/here/"
  split_document "$document" "$work/documents/$name/blocks"
  follow_blocks "$document" "$work/documents/$name/blocks" "$work/documents/$name/here"
  case=$document
  : >"$work/out" 2>"$work/err"
  for link in $(grep -o ']([^)]*)' "$document" | sed 's/^](//; s/[#)].*//' | grep -v ':'); do
    check "has a link that leads to $link" test -e "$(dirname "$document")/$link"
  done
done
check "has commands to follow in README.md" test -s "$work/documents/README/blocks/2.sh"
