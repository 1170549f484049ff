/// Kernels one after the other of which none reads what another one computes for other examples.
///
/// A part of the examples may go through all of them while other parts are elsewhere: threads need not wait for each other between them, and find what
/// they computed last in their own caches.
package struct Stretch: Hashable, Sendable {
  /// All of them are kernels.
  package var steps: Range<Int>
  /// How far it is from one example to the next in each buffer that they touch; 0 in what all examples share.
  package var strides: [Buffer: Int]

  /// Fewer examples do not fill vectors, where a product has its rows in them.
  package static let leastExamples = 16

  fileprivate func fits(_ others: [Buffer: Int]) -> Bool { others.allSatisfy { strides[$0.key, default: $0.value] == $0.value } }

  /// The first and last step at which something is in use that these two are the first and last to touch: throughout a stretch, since another example
  /// may be at any of its steps then.
  package static func widened(_ first: Int, _ last: Int, by stretches: [Stretch]) -> (first: Int, last: Int) {
    let birth = stretches.first { $0.steps.contains(first) }?.steps.lowerBound
    let death = stretches.first { $0.steps.contains(last) }?.steps.upperBound
    return (birth ?? first, death.map { $0 - 1 } ?? last)
  }
}

/// Finds the stretches of an entry that are worth it.
struct StretchFinder {
  private let slots: [MemoryPlan.Slot]
  private let batch: Int
  private let leastShared: Double

  /// - Parameter leastShared: the work that is worth it, in microseconds.
  init(_ slots: [MemoryPlan.Slot], batch: Int, leastShared: Double) {
    self.slots = slots
    self.batch = batch
    self.leastShared = leastShared
  }

  /// Microseconds of a kernel beside which waiting is nothing. Such a one is better cut finer, and its buffers better not kept.
  private static let longest = 200.0
  /// No memory of a stretch is free before its end but for its like.
  private static let mostKernels = 16
  /// Weights that each part may pack anew.
  private static let mostPackedAgain = 20_000

  func stretches(of steps: [Step]) -> [Stretch] {
    guard batch >= 2 * Stretch.leastExamples else { return [] }
    var found: [Stretch] = []
    var open: (stretch: Stretch, microseconds: Double)?
    func close() {
      if let open, open.stretch.steps.count > 1, open.microseconds >= leastShared { found.append(open.stretch) }
      open = nil
    }
    for (index, step) in steps.enumerated() {
      guard case .kernel(let kernel) = step, let (work, strides) = member(kernel) else {
        close()
        continue
      }
      if let known = open?.stretch, known.steps.count == Self.mostKernels || !known.fits(strides) { close() }
      var (stretch, microseconds) = open ?? (Stretch(steps: index..<index, strides: [:]), 0)
      stretch.steps = stretch.steps.lowerBound..<(index + 1)
      stretch.strides.merge(strides) { known, _ in known }
      microseconds += work
      open = (stretch, microseconds)
    }
    close()
    return found
  }

  /// A kernel's work, in microseconds, and its strides; nil where it is not for a stretch.
  private func member(_ kernel: Kernel) -> (work: Double, strides: [Buffer: Int])? {
    let work = KernelWork(kernel, batch: batch, precision: .f32).microseconds
    guard work <= Self.longest, kernel.sinks.isEmpty, !kernel.draws, !packsMuch(kernel, work), let strides = strides(of: kernel) else {
      return nil
    }
    let scalars = Set(kernel.statements.flatMap(\.operands).filter { if case .scalar = $0 { true } else { false } })
    return strides.count + scalars.count <= Kernel.mostParameters ? (work, strides) : nil
  }

  /// How far it is from one example to the next in each buffer that a kernel touches; nil where the kernel does not compute each example on its own.
  private func strides(of kernel: Kernel) -> [Buffer: Int]? {
    guard let walk = ExampleWalk(kernel) else { return nil }
    var strides: [Buffer: Int] = [:]
    for place in walk.places {
      guard isOwn(place), strides[place.access.buffer, default: place.stride] == place.stride else { return nil }
      strides[place.access.buffer] = place.stride
    }
    let isGatheredApart = kernel.statements.allSatisfy { statement in
      !statement.isGather || statement.operands.first?.access.map { strides[$0.buffer] == 0 } ?? false
    }
    return isGatheredApart ? strides : nil
  }

  /// Whether what is touched for an example is that example's alone, or only read by all.
  private func isOwn(_ place: ExampleWalk.Place) -> Bool {
    switch place.access.buffer {
    case .workspace(let slot):
      let extent = slots[slot].extent
      return extent.perExample
        ? place.stride == extent.count && place.reach.lowerBound >= 0 && place.reach.upperBound < extent.count
        : place.stride == 0 && !place.isWritten
    case .literal: return place.stride == 0
    case .argument: return true
    case .destination(.output), .destination(.inputGradient), .destination(.targetGradient): return place.stride > 0
    case .destination: return false
    }
  }

  /// Whether each part of the examples would spend much time on packing what all of them multiply with.
  private func packsMuch(_ kernel: Kernel, _ work: Double) -> Bool {
    guard let product = kernel.product, product.method == .packedTiles || product.winograd != nil && product.b.column != 1,
      !kernel.isTurned(batch: batch, microseconds: work)
    else { return false }
    let packed = product.segments.reduce(product.k.count * kernel.columns) { $0 * $1.extent.count }
    return packed > Self.mostPackedAgain
  }
}

/// How a kernel whose outermost loop goes through the examples walks memory.
private struct ExampleWalk {
  struct Place {
    var access: Access
    var isWritten: Bool
    /// From one example to the next.
    var stride: Int
    /// The elements of one example, counted from where the buffer has those of the first.
    var reach: ClosedRange<Int>
  }

  private(set) var places: [Place] = []

  private struct Loop {
    var extent: Extent
    var stride: Int
  }

  init?(_ kernel: Kernel) {
    let sums = kernel.product.map { [$0.k] + $0.segments.map(\.extent) } ?? []
    let loops = kernel.outer + [kernel.rows]
    guard loops[0].perExample, !(loops.dropFirst() + sums).contains(where: \.perExample) else { return nil }
    let columns = Extent(kernel.columns)
    for access in kernel.readAccesses { add(access, kernel, row: kernel.rows, column: columns) }
    for access in kernel.targets { add(access, kernel, row: kernel.rows, column: columns, isWritten: true) }
    guard let product = kernel.product else { return }
    let segments = product.segments
    add(product.a, kernel, row: kernel.rows, column: product.k, more: segments.map { Loop(extent: $0.extent, stride: $0.a) })
    add(product.b, kernel, row: product.k, column: columns, more: segments.map { Loop(extent: $0.extent, stride: $0.b) })
  }

  /// - Parameters:
  ///   - row: what the access's row walks.
  ///   - column: what its column walks.
  private mutating func add(
    _ access: Access, _ kernel: Kernel, row: Extent, column: Extent, more: [Loop] = [], isWritten: Bool = false
  ) {
    let outer = zip(kernel.outer, access.outer).map { Loop(extent: $0, stride: $1) }
    let loops = outer + more + [Loop(extent: row, stride: access.row), Loop(extent: column, stride: access.column)]
    var stride = 0
    var (first, last) = (access.offset, access.offset)
    for loop in loops {
      if loop.extent.perExample { stride += loop.extent.count * loop.stride }
      let span = (loop.extent.count - 1) * loop.stride
      if span < 0 { first += span } else { last += span }
    }
    places.append(Place(access: access, isWritten: isWritten, stride: stride, reach: first...last))
  }
}
