#!/usr/bin/env python3
"""Checks that editors/ colours models as the language means them.

Usage: check.py [--vim] MODEL.nn ...

Every token of every model has a class (keyword, function, label, ...), told by a reading of the text that knows brackets and statements.
The TextMate grammar is run by a small tokenizer, Vim by itself (--vim, without a screen); both must give every token that class.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GRAMMAR = os.path.join(ROOT, "editors/vscode/syntaxes/nncc.tmLanguage.json")


# What tokens are.

TOKEN = re.compile(
    r"""(?P<comment>\#.*)|(?P<string>"(?:\\.|[^"\\])*")|(?P<number>(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"""
    r"""|(?P<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(?P<symbol>\|>|\.\.<?|[!=<>]=|[-+*/%@^=<>.,:;()\[\]{}])|(?P<line>\n)|(?P<blank>[ \t]+)"""
)
OPERATORS = set("+ - * / % @ ^ = == != < <= > >= |> .. ..<".split())
DECLARING = set("model let input target param state next layer block".split())
RESULTS = set("loss metric output".split())


def words_of(grammar, first):
    """The alternatives of the grammar that begin with a word; that they are the compiler's is checked elsewhere."""
    found = re.search(r"(?<![a-z|])" + first + r"(?:\|\w+)+", grammar)
    return set(found.group().split("|"))


class Classifier:
    """Gives each token of a text its class; None for punctuation."""

    def __init__(self, grammar):
        self.statements = words_of(grammar, r"block\|for")
        self.recipe = words_of(grammar, r"augment")
        self.sources = words_of(grammar, r"cifar10")
        self.rules = words_of(grammar, r"adadelta") | words_of(grammar, r"constant")
        self.functions = words_of(grammar, r"abs")
        self.constants = words_of(grammar, r"false")

    def tokens(self, text):
        """(offset, text, class) of every token."""
        all_tokens = [(m.start(), m.lastgroup, m.group()) for m in TOKEN.finditer(text) if m.lastgroup != "blank"]
        words = [t for t in all_tokens if t[1] not in ("comment", "line")]
        place = {t[0]: index for index, t in enumerate(words)}
        self.words, self.brackets, self.begins = words, [], True
        self.declares = self.in_recipe = self.opens_recipe = False
        for offset, kind, spelling in all_tokens:
            if kind == "comment":
                yield offset, spelling, "comment"
            elif kind == "line":
                following = [t for t in words if t[0] > offset][:1]
                goes_on = following and following[0][2] == "|>"
                if not self.open_bracket() and not goes_on and not self.ends_in_operator(offset):
                    self.begins = True
            else:
                yield offset, spelling, self.classify(place[offset], kind, spelling)

    def open_bracket(self):
        return bool(self.brackets) and self.brackets[-1] in "(["

    def ends_in_operator(self, offset):
        before = [t for t in self.words if t[0] < offset][-1:]
        return bool(before) and before[0][2] in OPERATORS

    def classify(self, index, kind, spelling):
        begins, self.begins = self.begins, False
        if kind in ("string", "number"):
            return kind
        if kind == "symbol":
            self.pass_symbol(spelling)
            return "operator" if spelling in OPERATORS else None
        before = self.words[index - 1][2] if index else ""
        after = self.words[index + 1][2] if index + 1 < len(self.words) else ""
        if begins:
            return self.at_beginning(spelling, before, after)
        return self.within(index, spelling, before, after)

    def pass_symbol(self, spelling):
        if spelling in "([{":
            self.brackets.append(spelling)
            if spelling == "{":
                self.begins = True
                self.in_recipe, self.opens_recipe = self.opens_recipe, False
        elif spelling in ")]}":
            self.brackets.pop()
            if spelling == "}":
                self.begins, self.in_recipe = True, False
        elif spelling == ";":
            self.begins = True

    def at_beginning(self, spelling, before, after):
        self.declares = False
        if self.in_recipe:
            return "recipe" if spelling in self.recipe else "name"
        if after == "=":
            return "name"
        if spelling == "else" and before == "}":
            self.begins = after == "if"
            return "keyword"
        if spelling in self.statements:
            self.opens_recipe = spelling == "train"
            self.declares = spelling in DECLARING or spelling == "for" or (spelling in RESULTS and "maybe")
            return "keyword"
        return "name"

    def within(self, index, spelling, before, after):
        declares, self.declares = self.declares, False
        if declares and (declares != "maybe" or after == "="):
            return "declared"
        if spelling == "for" and before == "=":
            self.declares = True
            return "keyword"
        if spelling == "in" and index > 1 and self.words[index - 2][2] == "for":
            return "keyword"
        if (spelling == "of" and before == "]") or (spelling == "class" and after == "(" and before in (":", "of")):
            return "keyword"
        if spelling == "trains" and before not in OPERATORS and re.match(r"\w", after or " ") and not self.open_bracket():
            return "keyword"
        if self.in_recipe and ((before in ("optimizer", "schedule") and spelling in self.rules) or (spelling in self.sources and after == "(")):
            return "function"
        if before == "|>" or after == "(":
            return "function" if spelling in self.functions else "call"
        if after == ":":
            return "label"
        if (spelling in self.constants and after != "=") or (spelling == "new" and after in (",", "]")):
            return "constant"
        return "name"


# What the TextMate grammar makes of them.

SCOPES = [
    ("comment.", "comment"), ("string.", "string"), ("constant.numeric", "number"), ("constant.character", "string"), ("constant.", "constant"),
    ("keyword.operator", "operator"), ("keyword.other.recipe", "recipe"), ("keyword.", "keyword"), ("support.function", "function"),
    ("entity.name.function", "call"), ("variable.other.declaration", "declared"), ("variable.parameter", "label"), ("variable.other", "name"),
]


def class_of(scope):
    return next((name for prefix, name in SCOPES if scope.startswith(prefix)), scope)


class TextMate:
    """As much of a TextMate tokenizer as the grammar needs: the earliest match wins, of several the first in the list."""

    def __init__(self, text):
        self.grammar = json.loads(text)
        self.compiled = {}

    def regex(self, pattern):
        if pattern not in self.compiled:
            self.compiled[pattern] = re.compile(pattern)
        return self.compiled[pattern]

    def rules(self, patterns):
        for rule in patterns:
            if "include" in rule:
                target = self.grammar["repository"][rule["include"][1:]]
                yield from self.rules([target] if "match" in target or "begin" in target else target["patterns"])
            else:
                yield rule

    def scopes(self, text):
        """For each character the scope of the innermost rule that names one."""
        scopes, start, stack = [None] * len(text), 0, []
        for line in text.split("\n"):
            self.scan(line, start, stack, scopes)
            start += len(line) + 1
        return scopes

    def scan(self, line, start, stack, scopes):
        position = 0
        while position <= len(line):
            rule = stack[-1] if stack else self.grammar
            best = self.regex(rule["end"]).search(line, position) if stack else None
            chosen = None
            for candidate in self.rules(rule["patterns"]):
                found = self.regex(candidate.get("match") or candidate["begin"]).search(line, position)
                if found and (best is None or found.start() < best.start()):
                    best, chosen = found, candidate
            end = len(line) if best is None else best.start()
            self.paint(scopes, start + position, start + end, rule.get("name"))
            if best is None:
                return
            name = (rule if chosen is None else chosen).get("name")
            self.paint(scopes, start + best.start(), start + best.end(), name)
            captures = (chosen or {}).get("captures") or (chosen or {}).get("beginCaptures") or {}
            for number, capture in captures.items():
                if best.group(int(number)) is not None:
                    self.paint(scopes, start + best.start(int(number)), start + best.end(int(number)), capture["name"])
            if chosen is None:
                stack.pop()
            elif "begin" in chosen:
                stack.append(chosen)
            position = max(best.end(), position + (best.end() == position and "begin" not in (chosen or {}) and chosen is not None))

    @staticmethod
    def paint(scopes, start, end, name):
        if name:
            scopes[start:end] = [name] * (end - start)

    def classes(self, text):
        return [scope and class_of(scope) for scope in self.scopes(text)]


# What Vim makes of them.

GROUPS = {
    "nnccComment": "comment", "nnccString": "string", "nnccNumber": "number", "nnccOperator": "operator", "nnccKeyword": "keyword",
    "nnccLine": "recipe", "nnccSource": "function", "nnccRule": "function", "nnccFunction": "function", "nnccCall": "call",
    "nnccConstant": "constant", "nnccDeclared": "declared", "nnccLabel": "label", "nnccName": "name",
}
VIM_SCRIPT = """
set nocompatible runtimepath^=%s
filetype plugin on
syntax on
for file in %s
  execute 'edit ' . fnameescape(file)
  let rows = [&filetype]
  for number in range(1, line('$'))
    let length = len(getline(number))
    call add(rows, join(map(range(1, length), 'synIDattr(synID(number, v:val, 1), "name")'), ','))
  endfor
  call writefile(rows, %s . '/' . fnamemodify(file, ':t'))
endfor
qall!
"""


def vim_classes(files):
    """For each file the class of each byte."""
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "dump.vim")
        with open(script, "w") as stream:
            stream.write(VIM_SCRIPT % (os.path.join(ROOT, "editors/vim"), json.dumps([os.path.abspath(f) for f in files]), json.dumps(folder)))
        subprocess.run(["vim", "-es", "-N", "-u", script, "-i", "NONE"], check=True, timeout=600, stdin=subprocess.DEVNULL)
        for file in files:
            with open(os.path.join(folder, os.path.basename(file))) as stream:
                rows = stream.read().split("\n")
            assert rows[0] == "nncc", f"{file} is of type '{rows[0]}' to Vim"
            yield [[GROUPS.get(group) for group in row.split(",")] for row in rows[1:]]


def compare(name, file, tokens, found):
    """Says which tokens have another class than they should."""
    wrong = 0
    for (line, column, spelling, wanted), classes in zip(tokens, found):
        given = set(classes)
        if wanted is None or given == {wanted}:
            continue
        wrong += 1
        print(f"{file}:{line}:{column}: '{spelling}' is {'/'.join(sorted(map(str, given)))} to {name}, not {wanted}")
    return wrong


def main():
    files = [a for a in sys.argv[1:] if a != "--vim"]
    with open(GRAMMAR, encoding="utf-8") as stream:
        grammar = stream.read()
    classifier, textmate = Classifier(grammar), TextMate(grammar)
    by_vim = vim_classes(files) if "--vim" in sys.argv else iter([])
    wrong = count = 0
    for file in files:
        with open(file, encoding="utf-8", newline="") as stream:
            text = stream.read()
        lines = text.split("\n")
        tokens, vim_rows = [], next(by_vim, None)
        scopes, by_textmate, by_rows = textmate.classes(text), [], []
        for offset, spelling, wanted in classifier.tokens(text):
            line = text.count("\n", 0, offset)
            start = offset - (text.rfind("\n", 0, offset) + 1)
            tokens.append((line + 1, start + 1, spelling, wanted))
            by_textmate.append(scopes[offset:offset + len(spelling)])
            if vim_rows is not None:
                first = len(lines[line][:start].encode())
                by_rows.append(vim_rows[line][first:first + len(spelling.encode())])
        count += len(tokens)
        wrong += compare("TextMate", file, tokens, by_textmate)
        wrong += compare("Vim", file, tokens, by_rows) if vim_rows is not None else 0
    print(f"{count} tokens of {len(files)} models, {wrong} coloured wrongly")
    sys.exit(wrong > 0 or count == 0)


if __name__ == "__main__":
    main()
