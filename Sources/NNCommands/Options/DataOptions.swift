/// Options of the commands that run a model on some data.
enum DataOptions {
  static let weights = ValueOption<String>("weights", .text("W.safetensors"), help: "the trained weights")
  static let data = ValueOption<String>(
    "data", .text("DATA"), help: "a file, or a source such as 'csv(\"d.csv\", label: \"y\")'")

  /// The value of an option that a command cannot do without.
  static func required(_ option: ValueOption<String>, in arguments: ParsedArguments, of command: CommandDescription) throws(UsageError)
    -> String
  {
    guard let value = try arguments.value(of: option) else {
      let description = option.description
      throw UsageError(
        "\(description.spelling) is missing", help: "\(command.usage) \(description.spelling) \(description.placeholder ?? "")")
    }
    return value
  }
}
