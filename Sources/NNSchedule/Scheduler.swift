package import NNGraph
package import NNOperations

/// What may be computed together.
package enum Fusion: Sendable {
  /// Whatever fits into the loops of one kernel.
  case everything
  /// Each node is a kernel of its own: what fused programs are compared with.
  case nothing
}

/// From a model to schedules: one per entry point.
package enum Scheduler {
  /// - Parameter leastShared: see `schedule`.
  package static func compile(
    _ model: Model, optimizer: any OptimizerRule, entries: [EntryKind], batch: Int, precision: Precision,
    leastShared: Double = KernelWork.leastShared
  ) -> CompiledModel {
    let builder = EntryBuilder(model, optimizer: optimizer, batch: batch)
    let layout = Layout(model, slots: optimizer.slots, batch: batch)
    let compiled = entries.map { entry(builder.program($0), of: model, batch: batch, precision: precision, leastShared: leastShared) }
    return CompiledModel(model: model, layout: layout, batch: batch, precision: precision, entries: compiled)
  }

  package static func entry(
    _ program: EntryProgram, of model: Model, batch: Int, precision: Precision, fusion: Fusion = .everything,
    leastShared: Double = KernelWork.leastShared
  ) -> CompiledEntry {
    let isSingle = program.kind == .predict
    let examples = isSingle ? 1 : batch
    let schedule = schedule(program, batch: examples, fusion: fusion, leastShared: leastShared)
    let isBaked = isSingle || program.kind == .predictBatch
    return CompiledEntry(
      program: program,
      schedule: isBaked ? Baking.run(schedule, of: model, isSingle: isSingle, batch: batch, precision: precision) : schedule,
      batch: examples)
  }

  /// Groups nodes into kernels, decides what is written where, and plans the memory.
  ///
  /// - Parameter leastShared: the microseconds of work from which on threads take parts of the examples through several kernels.
  package static func schedule(
    _ program: EntryProgram, batch: Int, fusion: Fusion = .everything, leastShared: Double = KernelWork.leastShared
  ) -> Schedule {
    var clustering = Clustering(program.graph, fusion: fusion)
    var (result, checked) = (Int?.none, -1)
    let order = order(program)
    clustering.findNests(among: order, roots: program.roots)
    for value in order {
      clustering.place(value)
      guard program.result == value else { continue }
      let scalar = clustering.scalar(of: value)
      result = scalar
      if program.checksResult {
        clustering.appendCheck(scalar)
        checked = clustering.works.count - 1
      }
    }
    var placement = StorePlacement(checked: checked)
    placement.place(program.stores, in: &clustering)
    return Assembly(clustering, placement, result: result, batch: batch, isForOne: program.kind.isForOne)
      .schedule(leastShared: leastShared)
  }

  /// All nodes that are needed, each after its inputs. What is put together from parts comes as early as it can, so that other readers of a part
  /// find it there and no copy of its own is kept for them.
  private static func order(_ program: EntryProgram) -> [Value] {
    let graph = program.graph
    let isReached = graph.reachable(from: program.roots)
    let first = -1
    var ready = Array(graph.nodes.indices)
    var assembled: [Int: [Value]] = [:]
    for (id, node) in zip(graph.nodes.indices, graph.nodes) where isReached[id] {
      guard node.operation.lowering.isLayout else { continue }
      let last = node.inputs.map { ready[$0.id] }.max() ?? first
      ready[id] = last
      assembled[last, default: []].append(Value(id))
    }
    let computed = graph.nodes.indices.filter { isReached[$0] && ready[$0] == $0 }
    return assembled[first, default: []] + computed.flatMap { [Value($0)] + assembled[$0, default: []] }
  }
}

extension Lowering {
  /// Whether it only says where numbers lie, or come from.
  fileprivate var isLayout: Bool {
    switch self {
    case .source, .place, .reshape, .view: true
    default: false
    }
  }
}
