import NNAssembly
import NNGraph
import NNSchedule

extension VectorLoop.Operation {
  /// What a primitive is in a vector loop; nil where only a precompiled kernel has it.
  init?(_ primitive: UnaryPrimitive, hasFunctions: Bool) { self.init(name: primitive.rawValue, hasFunctions) }
  init?(_ primitive: BinaryPrimitive, hasFunctions: Bool) { self.init(name: primitive.rawValue, hasFunctions) }

  private init?(name: String, _ hasFunctions: Bool) {
    self.init(rawValue: name)
    guard hasFunctions || !isFunction else { return nil }
  }
}

/// The vector loops that a kernel's statements may become.
struct LoopKind {
  let machine: VectorMachine
  let element: VectorLoop.Element
  /// Whether they compute functions themselves. Mostly a function's own kernel is as fast, which has more vectors at a time.
  let hasFunctions: Bool
  /// Whether everything is a few vectors, so that calls take longer than what they do.
  let isShort: Bool

  private static let fewVectors = 4

  init(_ machine: VectorMachine, _ precision: Precision, _ kernel: Kernel, batch: Int) {
    self.machine = machine
    element = precision == .f32 ? .f32 : .f64
    let few = Self.fewVectors * machine.lanes(element)
    let rows = kernel.outer.reduce(kernel.rows.at(batch: batch)) { $0 * $1.at(batch: batch) }
    isShort = rows * kernel.columns <= few
    let isNarrow = kernel.columns <= few && kernel.columns % machine.lanes(element) == 0
    hasFunctions = element.hasFunctions && (isShort || isNarrow && kernel.hasGaps)
  }
}

extension Kernel {
  /// Whether rows in memory have gaps between them, so that no kernel can walk over all of them as if they were one.
  fileprivate var hasGaps: Bool {
    func isApart(_ access: Access) -> Bool { access.column == 1 && access.row > columns }
    let reads = statements.lazy.filter { $0.level == .full }.flatMap(\.operands).compactMap(\.access)
    return product == nil && (reads.contains(where: isApart) || stores.contains { $0.level == .full && isApart($0.target) })
  }
}
