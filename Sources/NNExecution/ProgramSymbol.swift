import CKernels
package import NNAssembly

/// A name that JIT-compiled code may use, and where it lives in this process.
package struct ProgramSymbol: Sendable {
  package let name: String
  package let address: UInt

  package init(name: String, address: UnsafeRawPointer) {
    self.name = name
    self.address = UInt(bitPattern: address)
  }
}

/// The precompiled kernels of one instruction set, as the symbols that JIT-compiled code calls.
package struct KernelSymbols: Sendable {
  package let symbols: [ProgramSymbol]
  /// What vector loops are assembled for beside them; nil where a program has none.
  package let machine: VectorMachine?

  /// - Parameter instructionSet: the name of a variant, or nil for the best one this processor runs.
  package init(instructionSet: String? = nil) throws(ExecutionError) {
    var count: Int32 = 0
    guard let table = Self.table(instructionSet, count: &count), count > 0 else {
      let wanted = instructionSet.map { " for '\($0)'" } ?? ""
      throw .unsupportedProcessor("there are no kernels\(wanted) that this processor runs")
    }
    machine = VectorMachine(rawValue: instructionSet ?? Self.bestInstructionSet)
    symbols = UnsafeBufferPointer(start: table, count: Int(count)).compactMap { symbol in
      guard let name = symbol.name, let address = symbol.address else { return nil }
      return ProgramSymbol(name: String(cString: name), address: UnsafeRawPointer(address))
    }
  }

  /// The name of the variant that is used when none is asked for.
  package static var bestInstructionSet: String {
    guard let name = nn_isa_name() else { return "unknown" }
    return String(cString: name)
  }

  private static func table(_ instructionSet: String?, count: inout Int32) -> UnsafePointer<nn_symbol>? {
    guard let instructionSet else { return nn_kernel_table(nil, &count) }
    return instructionSet.withCString { nn_kernel_table($0, &count) }
  }
}
