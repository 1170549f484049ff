import NNGraph

/// Makes constants of a model's weights in the schedule of an inference.
///
/// Kernels and their order stay the same, and so do the bits of what they compute. What a product reads as its right operand is laid down in the order
/// in which it is read, so that nothing is packed at run time.
struct Baking {
  private let model: Model
  private var literals: [[Double]]
  private var names: [Int: String]
  /// The literal that a parameter or state became, as it lies or packed.
  private var known: [Source: Int] = [:]

  private struct Source: Hashable {
    var buffer: Buffer
    var packing: Packing?
    var isTransformed = false
  }

  private let precision: Precision

  /// - Parameters:
  ///   - isSingle: whether calls are for one example each, so that `n` is a number too.
  ///   - batch: the largest call of the program's other entries, whose bits these are to be.
  static func run(_ schedule: Schedule, of model: Model, isSingle: Bool, batch: Int, precision: Precision) -> Schedule {
    var baking = Baking(model, schedule, precision)
    var result = schedule
    result.steps = schedule.steps.map { step in
      let step = step.summing(asFor: batch)
      return baking.baked(isSingle ? step.forOneExample : step)
    }
    if isSingle { for index in result.memory.slots.indices { result.memory.slots[index].extent.perExample = false } }
    result.literals = baking.literals
    result.literalNames = baking.names
    return result
  }

  /// Why there are no weights that could be constants; nil where there are.
  static func obstacle(_ model: Model) -> String? {
    let names = model.parameters.filter { $0.initial.numbers(1) == nil }.map(\.name)
    return names.first.map { "'\($0)' starts at random; trained weights are named by --weights" }
  }

  private init(_ model: Model, _ schedule: Schedule, _ precision: Precision) {
    self.model = model
    self.precision = precision
    literals = schedule.literals
    names = schedule.literalNames
  }

  // MARK: Numbers

  /// The numbers of a buffer that is the same in every call.
  private func numbers(_ buffer: Buffer) -> [Double]? {
    guard case .argument(let argument) = buffer else { return nil }
    switch argument.role {
    case .parameter:
      let parameter = model.parameters[argument.index]
      return parameter.initial.numbers(parameter.shape.count)
    case .state:
      let state = model.states[argument.index]
      return state.type.isBatched ? nil : state.initial.numbers(state.type.shape.count)
    default: return nil
    }
  }

  private func name(_ buffer: Buffer) -> String? {
    guard case .argument(let argument) = buffer else { return nil }
    return argument.role == .parameter ? model.parameters[argument.index].name : model.states[argument.index].name
  }

  private mutating func literal(_ buffer: Buffer, _ packing: Packing? = nil) -> Int? {
    let source = Source(buffer: buffer, packing: packing)
    if let index = known[source] { return index }
    guard let numbers = numbers(buffer) else { return nil }
    let index = literals.count
    literals.append(packing.map { $0.packed(numbers) } ?? numbers)
    names[index] = name(buffer).map { packing == nil ? $0 : $0 + "_packed" }
    known[source] = index
    return index
  }

  /// Kernels as Winograd's tiles are multiplied with them.
  private mutating func transformed(_ buffer: Buffer, _ packing: Packing, k: Int, columns: Int) -> Int? {
    let source = Source(buffer: buffer, packing: packing, isTransformed: true)
    if let index = known[source] { return index }
    guard let kernels = numbers(buffer).map({ packing.packed($0) }), kernels.count == 9 * k * columns else { return nil }
    let index = literals.count
    literals.append(Winograd.transformed(kernels, k: k, columns: columns, precision: precision))
    names[index] = name(buffer).map { $0 + "_transformed" }
    known[source] = index
    return index
  }

  private mutating func baked(_ access: Access) -> Access {
    guard let index = literal(access.buffer) else { return access }
    var result = access
    result.buffer = .literal(index)
    return result
  }

  // MARK: Steps

  private mutating func baked(_ step: Step) -> Step {
    switch step {
    case .scalar(var statement):
      statement.operands = statement.operands.map { operand in
        guard case .memory(let access) = operand, let numbers = numbers(access.buffer) else { return operand }
        return .constant(numbers[access.offset])
      }
      return .scalar(statement)
    case .kernel(var kernel):
      for index in kernel.statements.indices {
        let isTable = kernel.statements[index].isGather
        kernel.statements[index].operands = kernel.statements[index].operands.map { baked($0, staysInMemory: isTable) }
      }
      for index in kernel.sinks.indices { kernel.sinks[index].operand = baked(kernel.sinks[index].operand) }
      for index in kernel.stores.indices { kernel.stores[index].operand = baked(kernel.stores[index].operand) }
      kernel.product = kernel.product.map { baked($0, kernel) }
      return .kernel(kernel)
    case .check, .store: return step
    }
  }

  private mutating func baked(_ operand: Operand, staysInMemory: Bool = false) -> Operand {
    guard case .memory(let access) = operand else { return operand }
    if !staysInMemory, access.isSingle, let numbers = numbers(access.buffer) { return .constant(numbers[access.offset]) }
    return .memory(baked(access))
  }

  private mutating func baked(_ product: ProductStep, _ kernel: Kernel) -> ProductStep {
    var result = product
    result.a = baked(product.a)
    guard numbers(product.b.buffer) != nil else { return result }
    if case .winograd(var winograd) = product.method, winograd.result == .pictures {
      guard let packing = Packing(product, kernel),
        let index = transformed(product.b.buffer, packing, k: product.k.count, columns: kernel.columns)
      else { return result }
      result.b = packing.access(.literal(index))
      winograd.isTransformed = true
      result.method = .winograd(winograd)
      return result
    }
    guard product.method == .packedTiles, product.b.column != 1 else {
      // Read as it lies, also where what is no constant is packed so that it does not crowd the caches.
      if product.method == .packedTiles { result.method = .tiles }
      result.b = baked(product.b)
      return result
    }
    guard let packing = Packing(product, kernel) else { return result }
    guard let index = literal(product.b.buffer, packing) else { return result }
    result.method = kernel.rows == Extent(1) && product.segments.isEmpty ? .line : .tiles
    result.b = packing.access(.literal(index))
    result.segments = zip(product.segments, packing.segmentStrides).map { ProductStep.Segment(extent: $0.extent, a: $0.a, b: $1) }
    return result
  }
}

extension Initializer {
  /// Its numbers, unless they are drawn.
  fileprivate func numbers(_ count: Int) -> [Double]? {
    switch self {
    case .constant(let number): [Double](repeating: number, count: count)
    case .literal(let numbers): numbers
    case .normal, .uniform: nil
    }
  }
}

extension Access {
  fileprivate var isSingle: Bool { row == 0 && column == 0 && outer.allSatisfy { $0 == 0 } }
}

extension Step {
  /// Products whose terms are added up in the order in which calls of up to `batch` examples do.
  fileprivate func summing(asFor batch: Int) -> Step {
    guard case .kernel(var kernel) = self, let product = kernel.product, product.method == .dots,
      product.segments.isEmpty, kernel.rows.at(batch: batch) > ProductStep.mostRowsOfDots
    else { return self }
    kernel.product?.method = product.b.column != 1 && kernel.columns > 1 ? .packedTiles : .tiles
    return .kernel(kernel)
  }
}
