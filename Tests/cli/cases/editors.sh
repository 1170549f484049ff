# editors/: every word of every example is coloured as the language means it, by the TextMate grammar and by Vim.
vim=
! command -v vim >/dev/null || vim=--vim
if command -v python3 >/dev/null; then
  # shellcheck disable=SC2086
  run 0 python3 Tests/editors/check.py $vim examples/*.nn Tests/editors/corners.nn
  says " 0 coloured wrongly"
  run 0 python3 -c 'import json, os
folder = "editors/vscode/"
package = json.load(open(folder + "package.json"))["contributes"]
for file in [package["languages"][0]["configuration"], package["grammars"][0]["path"]]:
    json.load(open(folder + file))
assert package["languages"][0]["extensions"] == [".nn"]'
fi
