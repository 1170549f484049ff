/// The shells that complete our command lines.
package enum Shell: String, CaseIterable, Sendable {
  case bash, zsh, fish
}

/// Completions for a shell, made from the descriptions that parse and explain the command lines.
struct CompletionScript {
  static func text(for shell: Shell, _ tools: [Tool]) -> String {
    switch shell {
    case .bash: tools.map(bash).joined(separator: "\n")
    // Its own emulation runs what bash runs.
    case .zsh:
      "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n" + tools.map(bash).joined(separator: "\n")
    case .fish: tools.map(fish).joined(separator: "\n")
    }
  }

  /// The commands of a tool by their words; that of the tool's own name has none.
  private static func words(_ tool: Tool) -> [(word: String?, command: CommandDescription)] {
    tool.commands.map { $0.description }.map { description in
      (description.name == tool.name ? nil : String(description.name.dropFirst(tool.name.count + 1)), description)
    }
  }

  // MARK: bash

  private static func bash(_ tool: Tool) -> String {
    let words = words(tool)
    let names = words.compactMap(\.word)
    var lines = [
      "_\(tool.name)_complete() {", "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\" options=\"\"",
    ]
    let own = words.first { $0.word == nil }?.command
    // Where a command needs no word, a file may stand in its place.
    let isFirst = "[ \"$COMP_CWORD\" -eq 1 ]" + (own == nil ? "" : " && [ \"${current#-}\" = \"$current\" ]")
    lines.append("  if \(isFirst); then")
    lines.append("    COMPREPLY=($(compgen -W \"\(names.joined(separator: " "))\" -- \"$current\"))")
    if own != nil { lines.append("    COMPREPLY+=($(compgen -f -- \"$current\"))") }
    lines += ["    return", "  fi", "  case \"${COMP_WORDS[1]}\" in"]
    lines += words.compactMap { word, command in word.map { "    \($0)) options=\"\(spellings(command))\" ;;" } }
    if let own { lines.append("    *) options=\"\(spellings(own))\" ;;") }
    lines.append("  esac")
    let choices = choices(words.map(\.command))
    if !choices.isEmpty {
      lines.append("  case \"$previous\" in")
      lines += choices.map { "    --\($0.key)) COMPREPLY=($(compgen -W \"\($0.value)\" -- \"$current\")); return ;;" }
      lines.append("  esac")
    }
    lines += [
      "  COMPREPLY=()", "  case \"$current\" in", "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$current\")) ;;", "  esac", "}",
    ]
    return (lines + ["complete -o default\(own == nil ? "" : " -o filenames") -F _\(tool.name)_complete \(tool.name)"]).joined(
      separator: "\n") + "\n"
  }

  private static func spellings(_ command: CommandDescription) -> String {
    command.options.map(\.spelling).joined(separator: " ")
  }

  /// The words that an option takes, by its long name.
  private static func choices(_ commands: [CommandDescription]) -> [(key: String, value: String)] {
    let options = commands.flatMap(\.options).filter { !$0.choices.isEmpty }
    let words = Dictionary(options.map { ($0.long, $0.choices.joined(separator: " ")) }) { first, _ in first }
    return words.sorted { $0.key < $1.key }
  }

  // MARK: fish

  private static func fish(_ tool: Tool) -> String {
    var lines: [String] = []
    let words = words(tool)
    let elsewhere = words.compactMap(\.word).joined(separator: " ")
    for (word, command) in words {
      if let word {
        lines.append("complete -c \(tool.name) -n __fish_use_subcommand -f -a \(word) -d \(quoted(command.summary))")
      }
      let condition = " -n '\(word == nil ? "not " : "")__fish_seen_subcommand_from \(word ?? elsewhere)'"
      for option in command.options {
        let short = option.short.map { " -s \($0)" } ?? ""
        let value =
          option.choices.isEmpty ? option.placeholder.map { _ in " -r" } ?? "" : " -x -a \(quoted(option.choices.joined(separator: " ")))"
        lines.append("complete -c \(tool.name)\(condition) -l \(option.long)\(short)\(value) -d \(quoted(option.help))")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
  }
}
