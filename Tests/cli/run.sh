#!/bin/sh
# Runs nncc and nnrun as a person at a shell would. Usage: Tests/cli/run.sh FOLDER OF THE PROGRAMS [CASE]
set -u
cd "$(dirname "$0")/../.."
bin=$(cd "${1:-.build/release}" && pwd) || exit 1
nncc=$bin/nncc
nnrun=$bin/nnrun
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset NO_COLOR
passed=0
failed=0

# A named statement that is true or false: check "name" command...
check() {
  name=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED %s: %s\n' "${case:-}" "$name"
    [ -f "$work/err" ] && sed 's/^/    err: /' "$work/err" | head -20
    [ -f "$work/out" ] && sed 's/^/    out: /' "$work/out" | head -20
  fi
}

# Runs a command and expects an exit code: run 0 command...; what it says is in $work/out and $work/err.
run() {
  expected=$1
  shift
  case="$(basename "$1") $(shift; printf '%s' "$*")"
  "$@" >"$work/out" 2>"$work/err" </dev/null
  code=$?
  check "ends with $code, not $expected" test "$code" -eq "$expected"
}

says() { check "says '$1'" grep -qF -- "$1" "$work/out"; }
warns() { check "tells '$1'" grep -qF -- "$1" "$work/err"; }
is_silent() { check "has nothing on standard error" test ! -s "$work/err"; }
prints_nothing() { check "has nothing on standard output" test ! -s "$work/out"; }
has_file() { check "wrote $1" test -s "$1"; }
has_no_file() { check "did not write $1" test ! -e "$1"; }

for part in Tests/cli/cases/${2:-*}.sh; do
  # shellcheck disable=SC1090
  . "./$part"
done

printf 'Command lines: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
