/// Code in memory. It can be called for as long as the object lives.
protocol MachineCode: AnyObject, Sendable {
  func address(of name: String) -> UnsafeRawPointer?
}

/// A compiled program, ready to be called.
package struct LoadedProgram: Sendable {
  /// What turned the text into code: `libtcc`, or the path of a system compiler.
  package let compiler: String
  /// Time from text to code, in microseconds.
  package let compileMicroseconds: Int
  /// Warnings of the compiler, one per element.
  package let warnings: [String]
  private let code: any MachineCode

  init(compiler: String, compileMicroseconds: Int, warnings: [String], code: any MachineCode) {
    self.compiler = compiler
    self.compileMicroseconds = compileMicroseconds
    self.warnings = warnings
    self.code = code
  }

  /// The function `void name(void **arguments)` of the program.
  package func entry(_ name: String) throws(ExecutionError) -> EntryPoint {
    guard let address = code.address(of: name) else { throw .missingEntry(name) }
    return EntryPoint(name: name, function: unsafeBitCast(address, to: EntryPoint.Function.self), code: code)
  }

  package func hasEntry(_ name: String) -> Bool {
    code.address(of: name) != nil
  }
}

/// A callable function of a program. It keeps the program's code alive.
package struct EntryPoint: Sendable {
  /// Every entry has this one type, so that no signature has to be known here; the generated thunk unpacks the array.
  package typealias Function = @convention(c) (UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Void

  package let name: String
  /// To be called only while the entry point exists.
  package let function: Function
  private let code: any MachineCode

  init(name: String, function: Function, code: any MachineCode) {
    self.name = name
    self.function = function
    self.code = code
  }

  /// Calls the function. The array must hold what the thunk of this entry unpacks.
  package func call(_ arguments: UnsafeMutableBufferPointer<UnsafeMutableRawPointer?>) {
    withExtendedLifetime(code) { function(arguments.baseAddress) }
  }

  /// Calls the function with an array of pointers.
  package func call(_ arguments: [UnsafeMutableRawPointer?]) {
    var copy = arguments
    copy.withUnsafeMutableBufferPointer { call($0) }
  }
}
