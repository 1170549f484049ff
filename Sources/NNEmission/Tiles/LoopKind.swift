import NNAssembly
import NNGraph
import NNSchedule

/// The vector loops that a kernel's statements may become.
struct LoopKind {
  let machine: VectorMachine
  let element: VectorLoop.Element
  /// What they compute themselves: mostly not functions, whose own kernels are as fast, with more vectors at a time.
  let arithmetic: Arithmetic
  /// Whether everything is a few vectors, so that calls take longer than what they do.
  let isShort: Bool
  /// Whether rows are so short that the sums of their columns wait for each other if nothing is done in between.
  let isNarrow: Bool
  /// Whether a row is less than a vector.
  let isPartOfVector: Bool
  /// Whether sums over all rows are kept in registers, for a few columns at a time.
  let sumsColumns: Bool
  /// Whether numbers that are the same in all rows are kept in registers, for a few columns at a time.
  let readsColumnsOnce: Bool

  private static let fewVectors = 4
  private static let narrowBytes = 128
  /// Rows of whole vectors up to this are short enough to walk through all of them for a few columns at a time. Where each row has a part of a vector
  /// left, a loop over all of them as one and sums afterwards are as fast.
  private static let longestBytes = 2048
  /// A kernel of so many rows, such as the pixels of a line, finds all of them in the cache for its next columns.
  private static let fewRows = 64

  init(_ machine: VectorMachine, _ precision: Precision, _ kernel: Kernel, batch: Int) {
    self.machine = machine
    element = precision == .f32 ? .f32 : .f64
    let few = Self.fewVectors * machine.lanes(element)
    let rows = kernel.outer.reduce(kernel.rows.at(batch: batch)) { $0 * $1.at(batch: batch) }
    isShort = rows * kernel.columns <= few
    let isWhole = kernel.columns % machine.lanes(element) == 0
    let bytes = kernel.columns * element.bytes
    isPartOfVector = kernel.columns < machine.lanes(element)
    isNarrow = bytes <= Self.narrowBytes
    sumsColumns = kernel.rows != Extent(1) && kernel.columns > 1 && (isNarrow || isWhole && bytes <= Self.longestBytes)
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
