import NNGraph
import NNSchedule
import NNSource

/// What everything in one program shares.
///
/// Immutable, and held by every printer: a class, so that handing it on costs nothing.
final class ProgramContext: Sendable {
  let model: Model
  let layout: Layout
  let batch: Int
  let precision: Precision
  let names: ProgramNames
  let comment: SourceComment
  /// Whether entries take a way to do several things at the same time.
  let isParallel: Bool
  /// Whether entries say when each kernel is done, to whoever shares their work.
  let isProfiled: Bool
  /// Where tables of numbers stand; nil is in the program itself.
  let constants: ConstantsFile.Kind?

  init(
    _ compiled: CompiledModel, sources: SourceMap, isParallel: Bool = false, isProfiled: Bool = false,
    constants: ConstantsFile.Kind? = nil, isRest: Bool = false
  ) {
    self.constants = constants
    self.isParallel = isParallel
    self.isProfiled = isProfiled
    model = compiled.model
    layout = compiled.layout
    batch = compiled.batch
    precision = compiled.precision
    names = ProgramNames(model: compiled.model.name, isRest: isRest)
    comment = SourceComment(sources)
  }

  var real: String { precision.cType }

  /// One of the reports in the array of that name.
  func report(_ index: Int, of array: String) -> String { "((\(real) *)\(array)[\(index)])" }

  /// A number as an expression.
  func number(_ value: Double) -> CExpression {
    NumberText.expression(value, precision, nan: "\(names.carried("nn_nan"))()", infinity: "\(names.carried("nn_infinity"))()")
  }

  func port(_ argument: EntryArgument) -> Port? {
    switch argument {
    case .input(let index), .inputGradient(let index): model.inputs[index]
    case .target(let index), .targetGradient(let index): model.targets[index]
    default: nil
    }
  }

  /// The number of classes of a port that holds class numbers.
  func classes(_ argument: EntryArgument) -> Int? {
    switch argument {
    case .input, .target:
      guard case .integer(let classes)? = port(argument)?.type.element else { return nil }
      return classes
    default: return nil
    }
  }
}
