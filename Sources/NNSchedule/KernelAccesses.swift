/// What kernels and their statements read and write.
extension Kernel {
  /// Every access that is read, the product's apart.
  package var readAccesses: [Access] {
    let operands = statements.flatMap(\.operands) + sinks.map(\.operand) + stores.map(\.operand)
    return operands.compactMap(\.access) + sinks.compactMap(\.classes)
  }

  package var reads: [Access] { readAccesses + (product.map { [$0.a, $0.b] } ?? []) }

  package var targets: [Access] { stores.map(\.target) + sinks.compactMap(\.written) }

  package var draws: Bool {
    statements.contains { statement in
      if case .draw = statement.kind { return true }
      return false
    }
  }

  /// So many pointers and numbers are parameters of its function; with more of them it is given all memory and arrays.
  package static let mostParameters = 60
}

extension Sink {
  package var isInMemory: Bool {
    if case .memory = target { return true }
    return false
  }
}

extension Statement {
  package var isReduction: Bool {
    if case .reduce = kind { return true }
    return false
  }
}

extension Operand {
  package var access: Access? {
    switch self {
    case .memory(let access), .index(let access): access
    case .local, .scalar, .constant: nil
    }
  }
}
