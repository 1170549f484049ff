import NNSchedule

/// Which values of a kernel are computed straight into the memory that they are stored to.
///
/// That memory then is the value's home, so nothing may read what was there before once the value is made, except the statement that makes it, element
/// for element.
struct DirectStores {
  /// The home of a value, by id.
  private(set) var homes: [Int: Access] = [:]
  /// The stores that are left to be done.
  private(set) var remaining: [StoreStep] = []

  fileprivate struct Read {
    var position: Int
    var access: Access
  }

  init(_ form: KernelForm, _ order: KernelOrder, overlap: (Region, Region) -> Bool) {
    let kernel = form.kernel
    let reads = Self.reads(kernel, order)
    let levels = Dictionary(kernel.statements.map { ($0.id, $0.level) }) { first, _ in first }
    for store in kernel.stores {
      if let id = store.operand.local, homes[id] == nil, Self.isNeighbourly(store),
        let position = order.positions[id] ?? (kernel.product == nil ? nil : -1),
        levels[id].map({ $0 == store.level }) ?? true,
        !reads.contains(where: { $0.isInTheWay(of: store.target, at: position, overlap) })
      {
        homes[id] = store.target
      } else {
        remaining.append(store)
      }
    }
  }

  /// Whether the elements are neighbours, as tiles have to be.
  private static func isNeighbourly(_ store: StoreStep) -> Bool {
    (store.level == .full ? store.target.column : store.target.row) == 1
  }

  /// Whether the kernel is a product that is stored as it is computed, and nothing else.
  func isAll(of kernel: Kernel) -> Bool {
    kernel.product != nil && kernel.statements.isEmpty && kernel.sinks.isEmpty && homes[0] != nil && remaining.isEmpty
  }

  private static func reads(_ kernel: Kernel, _ order: KernelOrder) -> [Read] {
    var reads = kernel.product.map { [Read(position: -1, access: $0.a), Read(position: -1, access: $0.b)] } ?? []
    for (position, statement) in order.all.enumerated() {
      reads += statement.operands.compactMap(\.access).map { Read(position: position, access: $0) }
    }
    let end = order.all.count
    return reads + (kernel.sinks.map(\.operand) + kernel.stores.map(\.operand)).compactMap(\.access).map { Read(position: end, access: $0) }
  }
}

extension DirectStores.Read {
  func isInTheWay(of target: Access, at position: Int, _ overlap: (Region, Region) -> Bool) -> Bool {
    guard overlap(Region(access.buffer), Region(target.buffer)), !access.isBeside(target) else { return false }
    if self.position < position { return false }
    if self.position > position || position < 0 { return true }
    return !access.isSameWalk(as: target)
  }
}
