package import NNExecution
package import NNSchedule

/// Options that several commands have, each described once.
package enum CommonOptions {
  package static let help = FlagOption("help", short: "h", group: .common, help: "print this text")
  package static let version = FlagOption("version", group: .common, help: "print the version")
  package static let json = FlagOption("json", group: .common, help: "print one JSON document instead of text, for errors too")
  package static let quiet = FlagOption("quiet", short: "q", group: .common, help: "no progress and no warnings, only results and errors")
  package static let verbose = FlagOption("verbose", short: "v", group: .common, help: "say more about what is done")
  package static let color = ValueOption<ColorChoice>(
    "color", .choice(ColorChoice.allCases), group: .common, help: "colour messages; auto is on terminals, unless NO_COLOR is set")

  package static let set = ValueOption<Setting>(
    "set", .setting(), repeats: true, group: .common, help: "give a 'let' of the model another value; may be repeated")
  package static let precision = ValueOption<Precision>(
    "dtype", .choice([.f32, .f64]), group: .common, help: "compute in float (the default) or double")
  package static let jit = ValueOption<CompilerChoice>(
    "jit", .choice(CompilerChoice.allCases), group: .common,
    help: "compile with libtcc (the default), with the system's compiler, or with the first until the second is ready")
  package static let threads = ValueOption<Int>(
    "threads", .integer("N", in: 1...1024), group: .common, help: "threads to compute with; results do not depend on it")
  package static let seed = ValueOption<UInt64>(
    "seed", .seed("N"), group: .common, help: "start of all randomness: initial weights, order, dropout, random data")

  /// What every command takes.
  package static let ofEveryCommand = [
    json.description, quiet.description, verbose.description, color.description, help.description, version.description,
  ]

  /// What every command that runs a model takes.
  package static let ofRunning =
    [jit.description, threads.description, precision.description, seed.description, set.description] + ofEveryCommand
}

extension ParsedArguments {
  /// Help and version are answered whatever else the line says or lacks.
  var asksAboutItself: Bool { has(CommonOptions.help) || has(CommonOptions.version) }
}
