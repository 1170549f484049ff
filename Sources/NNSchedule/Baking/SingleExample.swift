/// Schedules for calls of one example each: no count is left that depends on `n`, and loops of one turn are gone.
extension Step {
  var forOneExample: Step {
    switch self {
    case .scalar(var statement):
      statement.operands = statement.operands.map { $0 == .batchSize ? .constant(1) : $0 }
      return .scalar(statement)
    case .kernel(let kernel): return .kernel(kernel.forOneExample)
    case .check, .store: return self
    }
  }
}

extension Kernel {
  fileprivate var forOneExample: Kernel {
    let kept = outer.indices.filter { outer[$0].count != 1 }
    func single(_ access: Access) -> Access {
      var result = access
      if access.outer.count == outer.count { result.outer = kept.map { access.outer[$0] } }
      return result
    }
    var result = self
    result.outer = kept.map { outer[$0].forOneExample }
    result.rows = rows.forOneExample
    if var step = product {
      step.a = single(step.a)
      step.b = single(step.b)
      step.k = step.k.forOneExample
      for index in step.segments.indices { step.segments[index].extent = step.segments[index].extent.forOneExample }
      result.product = step
    }
    for index in statements.indices { result.statements[index].operands = statements[index].operands.map { $0.mapped(single) } }
    for index in sinks.indices {
      result.sinks[index].operand = sinks[index].operand.mapped(single)
      result.sinks[index].target = sinks[index].target.mapped(single)
    }
    for index in stores.indices {
      result.stores[index].operand = stores[index].operand.mapped(single)
      result.stores[index].target = single(stores[index].target)
    }
    return result
  }
}

extension Extent {
  fileprivate var forOneExample: Extent { Extent(count) }
}

extension Operand {
  fileprivate func mapped(_ change: (Access) -> Access) -> Operand {
    switch self {
    case .memory(let access): .memory(change(access))
    case .index(let access): .index(change(access))
    case .local, .scalar, .constant: self
    }
  }
}

extension Sink.Target {
  fileprivate func mapped(_ change: (Access) -> Access) -> Sink.Target {
    switch self {
    case .memory(let access): .memory(change(access))
    case .scalar: self
    case .rows(let access, let classes, let count): .rows(change(access), of: change(classes), count: count)
    }
  }
}
