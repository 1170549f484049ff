import NNGraph

/// Puts a schedule together from clusters and stores: steps, accesses and buffers.
struct Assembly {
  private let clustering: Clustering
  private let placement: StorePlacement
  private let result: Int?
  private let batch: Int
  private let isForOne: Bool

  init(_ clustering: Clustering, _ placement: StorePlacement, result: Int?, batch: Int, isForOne: Bool) {
    self.clustering = clustering
    self.placement = placement
    self.result = result
    self.batch = batch
    self.isForOne = isForOne
  }

  /// - Parameter leastShared: the work of a stretch, in microseconds.
  func schedule(leastShared: Double) -> Schedule {
    var schedule = Schedule()
    schedule.literals = clustering.literals
    let slots = slotNumbers()
    schedule.steps = steps(slots)
    schedule.result = result
    let lives = lifetimes(schedule.steps, slots)
    schedule.stretches = StretchFinder(lives, batch: batch, leastShared: leastShared).stretches(of: schedule.steps)
    let sharing = InPlace(schedule.steps, lives).sharing()
    schedule.memory = MemoryPlanner(batch: batch).plan(lives, sharing: sharing, stretches: schedule.stretches)
    return schedule
  }

  private func slotNumbers() -> [Value: Int] {
    let unread = writtenOnly()
    var numbers: [Value: Int] = [:]
    for value in clustering.materialised.keys.sorted() where !unread.contains(value) { numbers[value] = numbers.count }
    return numbers
  }

  /// Sinks that only the caller gets need no buffer.
  private func writtenOnly() -> Set<Value> {
    var values = Set(placement.direct.map(\.value))
    values = values.filter { if case .cluster(_, isSink: true)? = clustering.homes[$0.id] { true } else { false } }
    for case .cluster(let cluster) in clustering.works {
      for view in cluster.views { if case .node(let value) = view.view.origin { values.remove(value) } }
    }
    return values
  }

  private func steps(_ slots: [Value: Int]) -> [Step] {
    var builder = KernelBuilder(clustering, slots: slots, writes: writes(slots), batch: batch, isForOne: isForOne)
    var steps: [Step] = clustering.prologue.map { .scalar($0) }
    for (position, work) in clustering.works.enumerated() {
      switch work {
      case .scalar(let statement): steps.append(.scalar(statement))
      case .check(let scalar): steps.append(.check(scalar: scalar))
      case .storeScalar(let id, let value): steps.append(.store(scalar: id, to: Access(.workspace(slots[value] ?? 0))))
      case .loadScalar(let id, let view, let value): steps.append(.scalar(builder.load(id, view, of: value)))
      case .cluster(let cluster):
        let kernel = builder.kernel(cluster, at: position)
        // All that it computed may have been computed again by its readers.
        if !kernel.stores.isEmpty || !kernel.sinks.isEmpty { steps.append(.kernel(kernel)) }
      }
    }
    return steps + placement.scalars.map { .store(scalar: $0.id, to: Access(.destination($0.destination))) }
  }

  /// All writes by the position of the cluster that does them.
  private func writes(_ slots: [Value: Int]) -> [Int: [KernelBuilder.Write]] {
    var writes: [Int: [KernelBuilder.Write]] = [:]
    for (value, slot) in slots.sorted(by: { $0.value < $1.value }) {
      guard case .cluster(let position, _)? = clustering.homes[value.id] else { continue }
      writes[position, default: []].append(KernelBuilder.Write(value: value, buffer: .workspace(slot), offset: 0, strides: nil))
    }
    for case (let position, .cluster(let cluster)) in clustering.works.enumerated() {
      for part in cluster.parts {
        guard case .node(let whole) = part.view.origin, let slot = slots[whole] else { continue }
        writes[position, default: []].append(
          KernelBuilder.Write(value: part.value, buffer: .workspace(slot), offset: part.view.offset, strides: part.strides))
      }
    }
    for store in placement.direct {
      writes[store.position, default: []].append(
        KernelBuilder.Write(value: store.value, buffer: .destination(store.destination), offset: 0, strides: nil))
    }
    return writes
  }

  /// When each slot is touched first and last.
  private func lifetimes(_ steps: [Step], _ slots: [Value: Int]) -> [MemoryPlan.Slot] {
    var lives = slots.sorted { $0.value < $1.value }.map { value, _ in
      MemoryPlan.Slot(name: clustering.name(of: value), extent: clustering.type(of: value).elements, first: Int.max, last: -1)
    }
    for (index, step) in steps.enumerated() {
      for buffer in step.buffers {
        guard case .workspace(let slot) = buffer else { continue }
        lives[slot].first = min(lives[slot].first, index)
        lives[slot].last = max(lives[slot].last, index)
      }
    }
    for index in lives.indices where lives[index].last < 0 { lives[index].first = 0 }
    return lives
  }
}

extension Step {
  /// Every buffer that the step reads or writes.
  var buffers: [Buffer] {
    switch self {
    case .scalar(let statement): statement.operands.compactMap(\.buffer)
    case .store(_, let target): [target.buffer]
    case .check: []
    case .kernel(let kernel): kernel.reads.map(\.buffer) + kernel.targets.map(\.buffer)
    }
  }
}
