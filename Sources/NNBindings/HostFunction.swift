import NNEmission
import NNGraph
import NNSchedule

/// A function of a program as a host's language sees it: the arguments that a caller hands over, under names of that language.
struct HostFunction {
  /// An array that a caller hands over or gets, with its elements for one example.
  struct Port {
    var argument: EntryArgument
    var name: String
    /// What a constant of its elements may be called.
    var sizeName = ""
    var elements: Int
    /// Of class numbers.
    var classes: Int?
  }

  let function: ProgramInterface.Function
  private(set) var inputs: [Port]
  private(set) var outputs: [Port]
  let isParallel: Bool

  init(_ function: ProgramInterface.Function, of interface: ProgramInterface, reserved: String) {
    self.function = function
    isParallel = interface.isParallel
    var names = HostNames(reserved: reserved)
    func ports(_ isWanted: (EntryArgument) -> Bool) -> [Port] {
      function.arguments.filter(isWanted).compactMap { argument in
        interface.tensor(argument).map {
          Port(argument: argument, name: names.allocate($0.name), elements: $0.shape.count, classes: $0.classes)
        }
      }
    }
    inputs = ports { argument in
      switch argument {
      case .input, .target: true
      default: false
      }
    }
    outputs = ports { argument in
      if case .output = argument { return true }
      return false
    }
    for index in inputs.indices { inputs[index].sizeName = names.allocate(inputs[index].name.uppercased() + "_SIZE") }
    for index in outputs.indices { outputs[index].sizeName = names.allocate(outputs[index].name.uppercased() + "_SIZE") }
  }

  var kind: EntryKind { function.kind }

  /// Whether it keeps something of each example from call to call, in an array of the caller's.
  var keepsState: Bool { kind.isPrediction && function.arguments.contains(.state) }

  /// The text of a call. Ports go by `port`, all else by `other`.
  func call(null: String, port: (Port) -> String, other: (EntryArgument) -> String) -> String {
    let ports = Dictionary((inputs + outputs).map { ($0.argument, $0) }) { first, _ in first }
    let values = function.arguments.map { argument in ports[argument].map(port) ?? other(argument) }
    return "\(function.symbol)(\((values + (isParallel ? [null] : [])).joined(separator: ", ")))"
  }
}
