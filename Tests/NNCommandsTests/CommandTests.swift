import NNCommands
import Testing

/// What holds for every command of both programs.
@Suite struct CommandTests {
  static let tools: [Tool] = [.nncc, .nnrun]
  static let names = tools.flatMap { tool in tool.commands.map { $0.description.name } }

  private static func find(_ name: String) throws -> (tool: Tool, command: any Command.Type) {
    for tool in tools {
      for command in tool.commands where command.description.name == name { return (tool, command) }
    }
    throw UsageError("no command '\(name)'")
  }

  /// The words that lead to the command within its program.
  private static func words(_ name: String) -> [String] { name.split(separator: " ").dropFirst().map(String.init) }

  @Test(arguments: names)
  func helpFitsATerminal(name: String) throws {
    let (tool, _) = try Self.find(name)
    let transcript = Transcript.run(tool, Self.words(name) + ["--help"])
    #expect(transcript.code == .done)
    for line in transcript.results.split(separator: "\n") where !line.hasPrefix("  nn") {
      #expect(line.count <= 80, "\(line)")
    }
  }

  /// An option that is listed but never read would be ignored in silence. Every reader refuses an empty value, so that it shows.
  @Test(arguments: names)
  func everyOptionIsRead(name: String) throws {
    let (tool, command) = try Self.find(name)
    for option in command.description.options where option.placeholder != nil {
      let given = ["--weights=w", "--data=d"].filter { argument in
        !argument.hasPrefix(option.spelling) && command.description.options.contains { argument.hasPrefix($0.spelling + "=") }
      }
      let transcript = Transcript.run(tool, Self.words(name) + ["no-such-model.nn"] + given + ["\(option.spelling)="])
      #expect(transcript.code == .usage, "\(option.spelling): \(transcript.messages)")
      #expect(transcript.messages.hasPrefix("error: \(option.spelling) takes "), "\(transcript.messages)")
    }
  }

  @Test(arguments: names)
  func namesAreUnique(name: String) throws {
    let options = try Self.find(name).command.description.options
    #expect(Set(options.map(\.long)).count == options.count)
    #expect(Set(options.compactMap(\.short)).count == options.compactMap(\.short).count)
  }

  @Test(arguments: names)
  func examplesFitTheDescription(name: String) throws {
    let description = try Self.find(name).command.description
    #expect(!description.examples.isEmpty)
    for example in description.examples {
      #expect(example.line.hasPrefix(name + " "))
      for word in example.line.split(separator: " ") where word.hasPrefix("--") {
        #expect(description.options.contains { $0.spelling == word }, "\(example.line)")
      }
    }
  }

  @Test(arguments: names.filter { !["nnrun completions", "nnrun manual", "nnrun report"].contains($0) })
  func aMissingModelIsFileTrouble(name: String) throws {
    let (tool, command) = try Self.find(name)
    let needed = ["--weights=w", "--data=d", "--rate=1"].filter { argument in
      command.description.options.contains { argument.hasPrefix($0.spelling + "=") }
    }
    let transcript = Transcript.run(tool, Self.words(name) + ["no-such-model.nn"] + needed)
    #expect(transcript.code == .file)
    #expect(transcript.messages.hasPrefix("no-such-model.nn: error: cannot open it"))
    #expect(transcript.results.isEmpty)
  }

  @Test(arguments: [
    (
      ["train", "m.nn", "--split", "validation: 0.2", "--validation", "d.csv"],
      "--split 'validation: 0.2' and --validation exclude each other"
    ),
    (["eval", "m.nn"], "--weights is missing"),
    (["predict", "m.nn", "--weights", "w"], "--data is missing"),
    (["grad", "m.nn", "-o", "-"], "the tensors are written as binary, to a file"),
    (["bench", "m.nn", "--entry", "update"], "--entry takes one of step, infer, grad, loss, jvp, hvp, not 'update'"),
    (["train", "m.nn", "--profile"], "unknown option '--profile'"),
  ])
  func refusals(arguments: [String], message: String) {
    let transcript = Transcript.run(.nnrun, arguments)
    #expect(transcript.code == .usage)
    #expect(transcript.messages.hasPrefix("error: \(message)\n"), "\(transcript.messages)")
  }
}
