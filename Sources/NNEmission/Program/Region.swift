import NNGraph
import NNSchedule

/// One tensor in memory, whoever reads or writes it: a parameter is the same region as an argument and as a destination.
enum Region: Hashable, Sendable {
  case parameter(Int), state(Int), gradient(Int)
  case slot(Int, slot: Int)
  case direction(Int), product(Int)
  case input(Int), target(Int), output(Int)
  case inputGradient(Int), targetGradient(Int), report(Int)
  case literal(Int)
  case workspace(Int)

  init(_ buffer: Buffer) {
    switch buffer {
    case .argument(let argument): self = Self.region(of: argument)
    case .destination(let destination): self = Self.region(of: destination)
    case .literal(let index): self = .literal(index)
    case .workspace(let index): self = .workspace(index)
    }
  }

  private static func region(of argument: Argument) -> Region {
    switch argument.role {
    case .parameter: .parameter(argument.index)
    case .input: .input(argument.index)
    case .target: .target(argument.index)
    case .state: .state(argument.index)
    case .gradient: .gradient(argument.index)
    case .slot: .slot(argument.index, slot: argument.slot)
    case .direction: .direction(argument.index)
    case .batchSize, .rate, .step: preconditionFailure("internal: '\(argument.role.rawValue)' is a number, not memory")
    }
  }

  private static func region(of destination: Destination) -> Region {
    switch destination {
    case .parameter(let index): .parameter(index)
    case .state(let index): .state(index)
    case .gradient(let index): .gradient(index)
    case .slot(let index, let slot): .slot(index, slot: slot)
    case .output(let index): .output(index)
    case .inputGradient(let index): .inputGradient(index)
    case .targetGradient(let index): .targetGradient(index)
    case .product(let index): .product(index)
    case .report(let index): .report(index)
    }
  }

  /// The argument of the entry that holds the region; nil for what is not the caller's.
  var argument: EntryArgument? {
    switch self {
    case .parameter: .params
    case .state: .state
    case .gradient: .grads
    case .slot: .optimizer
    case .direction: .direction
    case .product: .product
    case .input(let index): .input(index)
    case .target(let index): .target(index)
    case .output(let index): .output(index)
    case .inputGradient(let index): .inputGradient(index)
    case .targetGradient(let index): .targetGradient(index)
    case .report(let index): .report(index)
    case .literal, .workspace: nil
    }
  }
}
