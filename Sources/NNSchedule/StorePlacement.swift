import NNGraph

/// Decides where each value that the caller gets is written from: straight from the kernel that computes it, or by a copy at the end where writing
/// earlier could be seen by a later reader, or before the loss was found to be finite.
struct StorePlacement {
  /// A value of a cluster that is written to the caller's memory in its natural order.
  struct Direct {
    var position: Int
    var value: Value
    var destination: Destination
  }

  private(set) var direct: [Direct] = []
  private(set) var scalars: [(id: Int, destination: Destination)] = []

  /// The position of the check, or -1.
  private let checked: Int

  init(checked: Int) { self.checked = checked }

  mutating func place(_ stores: [EntryProgram.Store], in clustering: inout Clustering) {
    for store in stores { clustering.settle(clustering.root(store.value)) }
    let overwritten = overwrittenSources(stores)
    var late: [(value: Value, destination: Destination)] = []
    for store in stores where shows(store.value, overwritten, in: clustering) { save(store, in: &clustering, late: &late) }
    let lastReads = lastReads(clustering, of: overwritten)
    for store in stores where !shows(store.value, overwritten, in: clustering) {
      if case .scalar(let id, _) = clustering.homes[store.value.id] {
        scalars.append((id, store.destination))
      } else if let position = writer(of: store, in: clustering, lastReads: lastReads) {
        direct.append(Direct(position: position, value: clustering.root(store.value), destination: store.destination))
      } else {
        late.append((store.value, store.destination))
      }
    }
    for store in late {
      let copy = clustering.appendStoreCopy(of: store.value)
      direct.append(Direct(position: copy.position, value: copy.value, destination: store.destination))
    }
  }

  /// The cluster that may write the value itself.
  private func writer(of store: EntryProgram.Store, in clustering: Clustering, lastReads: [Argument: Int]) -> Int? {
    guard case .cluster(let position, isSink: let isSink)? = clustering.homes[store.value.id], position > checked,
      case .cluster(let cluster) = clustering.works[position]
    else { return nil }
    if !isSink && !cluster.isNatural && cluster.levels[clustering.root(store.value)] == .full { return nil }
    guard let argument = store.destination.argument else { return position }
    if lastReads[argument, default: -1] > position { return nil }
    return (isSink ? cluster.reads(argument) : cluster.walksElsewhere(argument)) ? nil : position
  }

  /// The last position that reads each argument.
  private func lastReads(_ clustering: Clustering, of arguments: Set<Argument>) -> [Argument: Int] {
    var last: [Argument: Int] = [:]
    for (position, work) in clustering.works.enumerated() {
      for argument in clustering.arguments(readBy: work) where arguments.contains(argument) { last[argument] = position }
    }
    return last
  }

  /// Arguments that are also destinations.
  private func overwrittenSources(_ stores: [EntryProgram.Store]) -> Set<Argument> {
    Set(stores.compactMap(\.destination.argument))
  }

  /// Whether a value is nothing but memory that is about to be overwritten.
  private func shows(_ value: Value, _ overwritten: Set<Argument>, in clustering: Clustering) -> Bool {
    var base = value
    while case .derived? = clustering.homes[base.id] { base = clustering.graph[base].inputs[0] }
    guard case .view(let view)? = clustering.homes[base.id], case .argument(let argument) = view.origin else { return false }
    return overwritten.contains(argument)
  }

  /// What memory holds now is read before anything is written: straight to where it goes or, if that is to be overwritten too, to a copy.
  private mutating func save(
    _ store: EntryProgram.Store, in clustering: inout Clustering, late: inout [(value: Value, destination: Destination)]
  ) {
    if store.destination.argument == nil {
      let copy = clustering.appendStoreCopy(of: store.value)
      direct.append(Direct(position: copy.position, value: copy.value, destination: store.destination))
    } else {
      late.append((clustering.copied(store.value), store.destination))
    }
  }
}

extension Destination {
  /// The argument that is the same memory.
  var argument: Argument? {
    switch self {
    case .parameter(let index): Argument(.parameter, index)
    case .state(let index): Argument(.state, index)
    case .slot(let index, let slot): Argument(.slot, index, slot: slot)
    case .gradient, .output, .inputGradient, .targetGradient, .product, .report: nil
    }
  }
}

extension Cluster {
  /// Every view that the cluster reads, with the strides it walks.
  var views: [(view: TensorView, strides: [Int])] {
    let inputs = items.flatMap(\.inputs) + reductions.map(\.input)
    let walked = inputs.compactMap { input -> (view: TensorView, strides: [Int])? in
      switch input {
      case .view(let view, let strides), .index(let view, let strides): (view, strides)
      case .local, .scalar, .constant: nil
      }
    }
    let named = reductions.compactMap { reduction -> (view: TensorView, strides: [Int])? in
      if case .rows(let view, let strides, _) = reduction.target { (view, strides) } else { nil }
    }
    return walked + named + (product.map { [($0.a, []), ($0.b, [])] } ?? [])
  }

  func reads(_ argument: Argument) -> Bool { views.contains { $0.view.origin == .argument(argument) } }

  /// Whether it reads an argument other than element for element in the order of its loops.
  func walksElsewhere(_ argument: Argument) -> Bool {
    views.contains { $0.view.origin == .argument(argument) && ($0.view.offset != 0 || $0.strides != naturalStrides(dims)) }
  }
}
