import NNAssembly
import NNGraph
import NNSchedule

/// The vector loops that a kernel's statements may become.
struct LoopKind {
  let machine: VectorMachine
  let element: VectorLoop.Element
  /// Mostly a function's own kernel is as fast, which has more vectors at a time.
  let arithmetic: Arithmetic
  /// Whether everything is a few vectors, so that calls take longer than what they do.
  let isShort: Bool
  /// Whether sums over all rows are kept in registers, for a few columns at a time.
  let sumsColumns: Bool
  /// Whether what is the same in all rows is.
  let readsColumnsOnce: Bool

  private static let fewVectors = 4

  /// Rows that are so short that the sums of their columns wait for each other if nothing is done in between.
  private static let narrowBytes = 128
  /// Rows of whole vectors up to this are short enough to walk through all of them for a few columns at a time. Where each row has a part of a vector
  /// left, a loop over all of them as one and sums afterwards are as fast.
  private static let longestBytes = 2048
  /// So many rows stay in the cache from some of their columns to the next.
  private static let fewRows = 64

  init(_ machine: VectorMachine, _ precision: Precision, _ kernel: Kernel, batch: Int) {
    self.machine = machine
    element = precision == .f32 ? .f32 : .f64
    let few = Self.fewVectors * machine.lanes(element)
    let rows = kernel.outer.reduce(kernel.rows.at(batch: batch)) { $0 * $1.at(batch: batch) }
    isShort = rows * kernel.columns <= few
    let isWhole = kernel.columns % machine.lanes(element) == 0
    sumsColumns = kernel.rows != Extent(1) && 2...((isWhole ? Self.longestBytes : Self.narrowBytes) / element.bytes) ~= kernel.columns
    readsColumnsOnce = sumsColumns && (kernel.columns <= few || kernel.rows.at(batch: batch) <= Self.fewRows)
    let hasFunctions = element.hasFunctions && (isShort || isWhole && kernel.columns <= few && kernel.hasGaps)
    arithmetic = hasFunctions ? .withFunctions : .withoutFunctions
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
