import NNCommands

/// A command with an option of each sort, which says what it understood.
struct EchoCommand: Command {
  enum Size: String, CaseIterable { case small, medium, large, huge, endless }

  static let count = ValueOption<Int>("count", short: "c", .integer("N", in: 1...100), help: "how many")
  static let ratio = ValueOption<Double>("ratio", .real("R"), help: "how much")
  static let output = ValueOption<String>("output", short: "o", .text("DIR"), help: "where to")
  static let sizes = ValueOption<[Size]>("sizes", .list("SIZE,...", of: Size.allCases), help: "which ones")
  static let resume = FlagOption("resume", short: "r", help: "go on")

  static let description = CommandDescription(
    name: "echo", summary: "Says what it understood.",
    examples: [.init("echo word -c 3", "three of them")],
    operands: [.init("WORD", "the word")],
    options: [
      count.description, ratio.description, output.description, sizes.description, resume.description, CommonOptions.set.description,
      CommonOptions.precision.description,
    ] + CommonOptions.ofEveryCommand)

  private let understood: String
  private let word: String

  init(_ arguments: ParsedArguments) throws(UsageError) {
    var parts = arguments.operands
    if let count = try arguments.value(of: Self.count) { parts.append("count=\(count)") }
    if let ratio = try arguments.value(of: Self.ratio) { parts.append("ratio=\(ratio)") }
    if let output = try arguments.value(of: Self.output) { parts.append("output=\(output)") }
    if let sizes = try arguments.value(of: Self.sizes) { parts.append("sizes=\(sizes.map(\.rawValue))") }
    if let precision = try arguments.value(of: CommonOptions.precision) { parts.append("dtype=\(precision)") }
    for setting in try arguments.all(CommonOptions.set) { parts.append("\(setting.name):\(setting.value)") }
    if arguments.has(Self.resume) { parts.append("resume") }
    word = arguments.operands[0]
    understood = parts.joined(separator: " ")
  }

  func run(in console: Console) throws -> ExitCode {
    switch word {
    case "bug": throw Unforeseen()
    case "bad": throw Failure(.bad, "the word is bad", help: "take another")
    case "missing": throw Failure(.file, "cannot read it", file: "w")
    default: break
    }
    console.say("thinking")
    console.say("thinking hard", from: .verbose)
    console.warn("the word is old")
    try console.print(understood)
    return .done
  }

  struct Unforeseen: Error {}
}

/// A second command, so that there is something to choose between.
struct ShoutCommand: Command {
  static let description = CommandDescription(
    name: "talk shout", summary: "Says it loudly.", examples: [.init("talk shout word", "loud")],
    operands: [.init("WORD", "the word")], options: CommonOptions.ofEveryCommand)

  private let word: String

  init(_ arguments: ParsedArguments) throws(UsageError) { word = arguments.operands[0] }

  func run(in console: Console) throws -> ExitCode {
    try console.print(word.uppercased())
    return .done
  }
}

extension Tool {
  static let echo = Tool(name: "echo", summary: "Says what it understood.", commands: [EchoCommand.self])
  static let talk = Tool(name: "talk", summary: "Talks.", commands: [ShoutCommand.self])
}
