extension Catalogue {
  /// `docs/OPERATIONS.md`: every function with its parameters, formula and sample calls, then the optimizers.
  package static func document() -> String {
    var text = """
      # Operations

      Every function of the language, written from the catalogue itself (`RECORD=1` on its test writes this page anew). Arguments shown as `name: value` are
      named, all others positional or named; `x |> f(a)` is `f(x, a)`. Shapes are those of one example.

      Rules that hold everywhere: elementwise functions broadcast as NumPy does; a class given where a number is wanted counts as its number; ties share a
      gradient equally; the gradient is 0 at the kink of `relu`, `abs` and `step`; NaN propagates.

      """
    for section in Documentation.Section.allCases {
      let members = functions.filter { $0.documentation.section == section }
      guard !members.isEmpty else { continue }
      text += "\n## \(section.rawValue)\n\n"
      for function in members { text += entry(function) }
    }
    return text + optimizerSection() + scheduleSection()
  }

  private static func entry(_ function: any CatalogueFunction.Type) -> String {
    let documentation = function.documentation
    var text = "### `\(signature(function))`\n\n\(documentation.summary)\n\n    \(documentation.formula)\n\n"
    for sample in function.samples {
      let inputs = sample.inputs.map { "\($0.name): \($0.type)" }.joined(separator: ", ")
      text += "- `\(sample.text(of: function))`\(inputs.isEmpty ? "" : " with `\(inputs)`")\n"
    }
    return text + (function.samples.isEmpty ? "" : "\n")
  }

  private static func signature(_ function: any CatalogueFunction.Type) -> String {
    let parameters = function.parameters.map { parameter in
      let standard = parameter.standard.map { parameter.isNamed ? ": \($0)" : " = \($0)" }
      return parameter.name + (standard ?? (parameter.isNamed ? ":" : ""))
    }
    return "\(function.name)(\(parameters.joined(separator: ", ")))"
  }

  private static func optimizerSection() -> String {
    var text =
      "\n## Optimizers\n\n`rate` follows the schedule. `decay` adds decay * p to the gradient of every parameter p, except in `adamw`."
    text += "\nMemory (v, m, s, ...) starts at 0.\n\n"
    for rule in Optimizers.rules {
      let parameters = rule.parameters.map { parameter in
        parameter.name + ":" + (parameter.standard.map { " " + number($0, isFlag: parameter.isFlag) } ?? "")
      }
      text += "### `\(rule.name)(\(parameters.joined(separator: ", ")))`\n\n"
      text += "\(rule.documentation.summary)\n\n    \(rule.documentation.formula)\n\n"
    }
    while text.hasSuffix("\n\n") { text.removeLast() }
    return text
  }

  private static func scheduleSection() -> String {
    var text = """

      ## Schedules

      What the optimizer's rate is multiplied by at step t; `start` and `end` are parts of that rate too. Arguments count steps, and may count in `epoch`, the number of steps in one.
      T is the number of steps of the training. With `warmup: w` the rate grows in equal steps over the first w steps, as (t + 1) / (w + 1); t and T then count from there, except
      in `step` and `multistep`, which count from the start.


      """
    for rule in Schedules.rules {
      let parameters = rule.parameters.map { $0.name + ":" + ($0.standard.map { " " + number($0, isFlag: false) } ?? "") }
      text += "### `\(rule.name)(\(parameters.joined(separator: ", ")))`\n\n\(rule.summary)\n\n    \(rule.formula)\n\n"
    }
    while text.hasSuffix("\n\n") { text.removeLast() }
    return text
  }

  private static func number(_ value: Double, isFlag: Bool) -> String {
    if isFlag { return value == 0 ? "false" : "true" }
    return value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : "\(value)"
  }
}
