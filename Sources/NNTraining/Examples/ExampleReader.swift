import NNData
import NNGraph
import NNSchedule

/// Reads data for the ports of one model.
struct ExampleReader {
  let model: Model
  let precision: Precision
  /// What paths are relative to.
  let baseFolder: String
  /// Of made-up examples.
  let seed: UInt64

  /// What examples are for. Made-up ones are others for each purpose.
  enum Purpose {
    case learning, validation, test

    fileprivate var part: DataSource.Part { self == .learning ? .training : .test }

    /// Seeds of recipes have 32 bits, so none is that of another purpose.
    fileprivate func seed(_ seed: UInt64) -> UInt64 {
      switch self {
      case .learning: seed
      case .validation: ~(seed | 1 << 32)
      case .test: ~seed
      }
    }
  }

  /// - Parameter isNeeded: which ports have to be filled; the others are filled where the source has them.
  func read(
    _ description: DataDescription, for purpose: Purpose = .learning, isNeeded: (Port) -> Bool = { _ in true }
  ) throws -> ExampleTable {
    let source = try SourceReading(description, part: purpose.part, portNames: model.ports.map(\.name)).source()
    let folder = description.isFromCommandLine ? "" : baseFolder
    return try table(source, folder: folder, seed: purpose.seed(seed), isNeeded: isNeeded)
  }

  /// Seeded examples: normal numbers, each class equally likely.
  func random(_ count: Int) throws -> ExampleTable {
    // A model without inputs is the same for every example.
    guard !model.ports.isEmpty else { return ExampleTable(count: count, columns: []) }
    return try table(.random(count: count), folder: "", seed: seed) { _ in true }
  }

  /// - Parameter seed: of made-up examples.
  private func table(_ source: DataSource, folder: String, seed: UInt64, isNeeded: (Port) -> Bool) throws -> ExampleTable {
    let ports =
      model.inputs.map { DataPort($0, role: .input, isRequired: isNeeded($0)) }
      + model.targets.map { DataPort($0, role: .target, isRequired: isNeeded($0)) }
    let dataset = try source.load(for: ports, relativeTo: folder, precision: RealPrecision(precision), seed: seed)
    return ExampleTable(dataset, ports: model.ports)
  }
}

extension DataPort {
  fileprivate init(_ port: Port, role: Role, isRequired: Bool) {
    let kind: Kind =
      switch port.type.element {
      case .real: .real
      case .integer(let classes): .classes(classes)
      }
    self.init(name: port.name, shape: port.type.shape.dimensions, kind: kind, role: role, isRequired: isRequired)
  }
}
