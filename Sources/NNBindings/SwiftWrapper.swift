package import NNEmission
import NNGraph
import NNSchedule

/// A Swift file around a program, whose C is a module of its own.
package struct SwiftWrapper {
  private let interface: ProgramInterface

  package init(_ interface: ProgramInterface) { self.interface = interface }

  private var type: String { HostNames.typeName(interface.name) }
  private var real: String { interface.precision == .f32 ? "Float" : "Double" }
  private var null: String { interface.isParallel ? ", nil" : "" }

  static let reserved = """
    Any actor as associatedtype associativity async await borrowing break case catch class consuming continue convenience default defer deinit didSet do \
    dynamic else enum extension fallthrough false fileprivate final for func get guard if import in indirect infix init inout internal is isolated lazy \
    left let mutating nil none nonisolated nonmutating open operator optional override package postfix precedence precedencegroup prefix private \
    protocol public repeat required rethrows return right self Self set some static struct subscript super switch throw throws true try typealias \
    unowned var weak where while willSet count rate gradients params state optimizer workspace steps examples \
    example loss into network outputs _ Double Float Int32 MutableSpan Span UInt64
    """

  /// The module that the C is.
  package var moduleName: String { "C" + type }

  /// What makes a module of the C's header.
  package var moduleMap: String { "module \(moduleName) {\n  header \"\(interface.name).h\"\n  export *\n}\n" }

  package var text: String {
    FilledTemplate.text(
      PackageResources.swift_txt,
      [
        "file": interface.name + ".swift", "name": interface.name, "prefix": interface.name, "module": moduleName, "type": type,
        "batch": "\(interface.batch)", "abi": "\(interface.abi)", "interface": String(interface.interfaceHash, radix: 16),
        "predictor": predictor, "model": model,
      ])
  }

  private func function(_ kind: EntryKind) -> HostFunction? {
    interface.function(kind).map { HostFunction($0, of: interface, reserved: Self.reserved) }
  }

  // MARK: Methods

  private func element(_ port: HostFunction.Port) -> String { port.classes == nil ? real : "Int32" }

  private func method(_ host: HostFunction, name: String, comment: String, extra: String = "") -> String {
    let parameters =
      host.inputs.map { "\($0.name): Span<\(element($0))>" }
      + host.outputs.enumerated().map { "\($0 == 0 ? "into \($1.name)" : $1.name): inout MutableSpan<\(real)>" }
    let result = host.function.returnsReal ? " -> \(real)" : ""
    var text = "\n  /// \(comment)\n"
    text += "  public mutating func \(name)(\(parameters.joined(separator: ", "))\(extra)) throws(\(type)Error)\(result) {\n"
    text += checks(host)
    var call = calls(host)
    for port in host.outputs.reversed() { call = "\(port.name).withUnsafeMutableBufferPointer { \(port.name) in \(call) }" }
    for port in host.inputs.reversed() { call = "\(port.name).withUnsafeBufferPointer { \(port.name) in \(call) }" }
    if host.kind == .step {
      text += "    let loss = \(call)\n    steps += 1\n    examples += UInt64(count)\n    return loss\n  }\n"
    } else {
      text += "    \(host.function.returnsReal ? "return " : "")\(call)\n  }\n"
    }
    return text + arrayMethod(host, name)
  }

  private func checks(_ host: HostFunction) -> String {
    var text = ""
    for (index, port) in host.inputs.enumerated() {
      let call = "try \(type)Error.count(\(port.name), \"\(port.name)\", \(port.elements)\(index == 0 ? "" : ", like: count"))"
      text += index == 0 ? "    let count = \(call)\n" : "    _ = \(call)\n"
      if let classes = port.classes { text += "    try \(type)Error.check(\(port.name), \"\(port.name)\", below: \(classes))\n" }
    }
    if host.inputs.isEmpty { text += "    let count = 1\n" }
    for port in host.outputs { text += "    try \(type)Error.check(\(port.name).count, \"\(port.name)\", \(port.elements), count)\n" }
    return text
  }

  /// The call, where inference with constant weights has one function for one example and one for several.
  private func calls(_ host: HostFunction) -> String {
    guard host.kind == .predict else { return call(host) }
    guard let several = function(.predictBatch) else { return "for example in 0..<count { \(call(host, isEach: true)) }" }
    return "if count == 1 { \(call(host)) } else { \(call(several)) }"
  }

  private func call(_ host: HostFunction, isEach: Bool = false) -> String {
    host.call(
      null: "nil",
      port: { port in isEach ? "\(port.name).baseAddress.map { $0 + example * \(port.elements) }" : "\(port.name).baseAddress" }
    ) { argument in
      switch argument {
      case .n: "Int32(count)"
      case .params: host.function.written.contains(.params) ? "&params" : "params"
      case .state: host.function.written.contains(.state) ? "&state" : "state"
      case .optimizer: "&optimizer"
      case .grads: host.function.written.contains(.grads) ? "&gradients" : "gradients"
      case .rate: "rate"
      case .step: "steps"
      case .stream: "examples"
      case .workspace: "&workspace"
      default: "nil"
      }
    }
  }

  /// The same with results as arrays of their own.
  private func arrayMethod(_ host: HostFunction, _ name: String) -> String {
    guard !host.outputs.isEmpty, let first = host.inputs.first else { return "" }
    let parameters = host.inputs.map { "\($0.name): Span<\(element($0))>" }.joined(separator: ", ")
    let isOne = host.outputs.count == 1
    let result = isOne ? "[\(real)]" : "(" + host.outputs.map { "\($0.name): [\(real)]" }.joined(separator: ", ") + ")"
    var text = "\n  /// Likewise, in \(isOne ? "an array of its own" : "arrays of their own").\n"
    text += "  public mutating func \(name)(\(parameters)) throws(\(type)Error) -> \(result) {\n"
    text += "    let count = \(first.name).count / \(max(first.elements, 1))\n"
    for port in host.outputs { text += "    var \(port.name) = [\(real)](repeating: 0, count: count * \(port.elements))\n" }
    for port in host.outputs { text += "    var \(port.name)Span = \(port.name).mutableSpan\n" }
    let inputs = host.inputs.map { "\($0.name): \($0.name)" }
    let outputs = host.outputs.enumerated().map { "\($0 == 0 ? "into" : $1.name): &\($1.name)Span" }
    text += "    try self.\(name)(\((inputs + outputs).joined(separator: ", ")))\n"
    let values = isOne ? host.outputs[0].name : "(" + host.outputs.map(\.name).joined(separator: ", ") + ")"
    return text + "    return \(values)\n  }\n"
  }

  private var outputNames: String { interface.tensors(.output).map { "`\($0.name)`" }.joined(separator: ", ") }

  // MARK: Types

  private var predictor: String {
    guard let host = function(.predict) ?? function(.predictBatch) else { return "" }
    var text = "\n/// `\(interface.name)` with the weights that are constants of the program.\npublic struct \(type)Predictor: Sendable {\n"
    text += "  private var workspace = [UInt8](repeating: 0, count: \(max(interface.workspace, 1)))\n"
    if host.keepsState {
      text += "  /// What is kept of each example from call to call.\n"
      text += "  public var state = [\(real)](repeating: 0, count: \(interface.exampleStateCount))\n"
    }
    text += "\n  public init() throws(\(type)Error) {\n    try \(type)Error.check()\n"
    if host.keepsState { text += "    \(interface.name)_predict_start(&state\(null))\n" }
    text += "  }\n"
    return text + method(host, name: "predict", comment: "What the model says of up to \(interface.batch) examples: \(outputNames).")
      + "}\n"
  }

  private var model: String {
    guard interface.function(.initialize) != nil else { return "" }
    var text = """

      /// A `\(interface.name)`: its parameters, its state and the optimizer's memory.
      public struct \(type): Sendable {
        /// The most examples that one call takes.
        public static let batch = \(interface.batch)

        /// Laid out by `\(interface.name)_tensors`.
        public var params = [\(real)](repeating: 0, count: \(interface.parameterCount))
        public var state = [\(real)](repeating: 0, count: \(interface.stateCount))
        public var optimizer = [\(real)](repeating: 0, count: \(interface.optimizerCount))
        /// Of the last `grad`, laid out as `params`.
        public var gradients = [\(real)](repeating: 0, count: \(interface.parameterCount))
        /// How many steps were taken, and how many examples were learnt from.
        public var steps: UInt64 = 0
        public var examples: UInt64 = 0
        private var workspace = [UInt8](repeating: 0, count: \(max(interface.workspace, 1)))

        /// A model at its start; equal seeds give equal bits.
        public init(seed: UInt64 = 0) throws(\(type)Error) {
          try \(type)Error.check()
          \(interface.name)_init(&params, &state, seed\(null))
        }

      """
    let rate = ", rate: \(real) = \(interface.rate)"
    if let host = function(.infer) {
      text += method(host, name: "infer", comment: "What the model says of up to `batch` examples: \(outputNames).")
    }
    if let host = function(.loss) { text += method(host, name: "loss", comment: "The mean loss, as in use.") }
    if let host = function(.grad) {
      text += method(host, name: "grad", comment: "The mean loss as in training; its gradient is in `gradients` then.")
    }
    if let host = function(.step) {
      text += method(host, name: "step", comment: "Learns from up to `batch` examples; returns their mean loss before that.", extra: rate)
    }
    if let host = function(.update) {
      text += "\n  /// The optimizer's part of `step`, by `gradients`.\n"
      text += "  public mutating func update(\(rate.dropFirst(2))) {\n    \(call(host))\n    steps += 1\n  }\n"
    }
    return text + "}\n"
  }
}
