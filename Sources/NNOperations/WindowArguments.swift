package import NNGraph

/// How a layer slides over the height and width of its input, from its arguments.
extension FunctionCall {
  /// What convolutions take; `more` comes after the padding.
  static func convolutionParameters(_ more: [FunctionParameter] = []) -> [FunctionParameter] {
    [
      FunctionParameter("x", .tensor),
      FunctionParameter("channels", .wholeNumber),
      FunctionParameter("kernel", .extent, named: true),
      FunctionParameter("stride", .extent, named: true, default: "1"),
      FunctionParameter("pad", .extent, named: true, default: "0"),
    ] + more + [
      FunctionParameter("dilation", .extent, named: true, default: "1"),
      FunctionParameter("groups", .wholeNumber, named: true, default: "1"),
      FunctionParameter("bias", .flag, named: true, default: "true"),
      FunctionParameter("init", .initializer, named: true, default: "he"),
    ]
  }

  /// The height and width of `x`, [channels, height, width].
  func image(_ layer: String) throws(CallError) -> (channels: Int, extents: [Int]) {
    let shape = type("x").shape
    guard shape.rank == 3 else {
      throw CallError(
        "'\(layer)' needs [channels, height, width], but its input is \(shape)", at: "x",
        help: shape.rank == 2 ? "reshape(x, [1, \(shape[0]), \(shape[1])])" : nil)
    }
    return (shape[0], Array(shape.dimensions.suffix(2)))
  }

  /// One number for both axes, or one for each.
  func pair(_ name: String, default standard: [Int], atLeast least: Int) throws(CallError) -> [Int] {
    if let word = word(name) { throw CallError("'\(name)' is a whole number or [height, width], not '\(word)'", at: name) }
    guard let given = list(name) else { return standard }
    guard given.count == 1 || given.count == 2 else {
      throw CallError("'\(name)' is a whole number or [height, width], not \(given)", at: name)
    }
    if let small = given.first(where: { $0 < least }) {
      throw CallError("'\(name)' is at least \(least), not \(small)", at: name)
    }
    return given.count == 1 ? [given[0], given[0]] : given
  }

  /// The windows of a layer over `extents`.
  package func windows(size name: String, stride standard: [Int]?, over extents: [Int]) throws(CallError) -> [Window] {
    let size = try pair(name, default: [1, 1], atLeast: 1)
    let stride = try pair("stride", default: standard ?? size, atLeast: 1)
    let dilation = try pair("dilation", default: [1, 1], atLeast: 1)
    var windows: [Window] = []
    for axis in 0..<2 {
      let window = Window(size: size[axis], stride: stride[axis], dilation: dilation[axis])
      windows.append(try padded(window, axis: axis, extent: extents[axis]))
    }
    try checkWork(windows, over: extents)
    return windows
  }

  /// Of windows with strides, each phase becomes a product of its own in the gradient; with their margins they are tensors too.
  func checkWork(_ windows: [Window], over extents: [Int]) throws(CallError) {
    let phases = windows.reduce(1) { $0 * min($1.stride, $1.size) }
    guard windows.allSatisfy(\.isTile) || phases <= Self.mostPhases else {
      throw CallError(
        "windows of \(windows.map(\.size)) at strides of \(windows.map(\.stride)) have \(phases) phases, and \(Self.mostPhases) is the most",
        at: "stride",
        help: "windows that neither overlap nor are padded may have any size")
    }
    let room = [type("x").shape[0]] + zip(windows, extents).map { $0.before + $1 + $0.after + 2 * $0.reach }
    if Shape.checkedCount(room) == nil {
      throw CallError(
        "windows that reach over \(windows.map(\.reach)) need more zeros around \(type("x").shape) than one tensor can hold", at: "x")
    }
  }

  /// Windows are a view, which nobody stores; but their elements are counted, one by one, by what computes with them.
  func checkWindows(_ places: [Int], of sizes: [Int]) throws(CallError) {
    guard Shape.checkedCount(places + sizes) == nil else { return }
    throw CallError(
      "windows of \(sizes) at the places \(Shape(places)) are too many: they see more than \(Limits.elements) elements in all", at: "x",
      help: "a 'stride' leaves places out")
  }

  private static var mostPhases: Int { 256 }

  private func padded(_ window: Window, axis: Int, extent: Int) throws(CallError) -> Window {
    var result = window
    let (reach, overflow) = (window.size - 1).multipliedReportingOverflow(by: window.dilation)
    guard !overflow, reach < Limits.elements else {
      throw CallError("a window over \(window.size) elements, \(window.dilation) apart, is too large")
    }
    if word("pad") == "same" {
      let count = (extent + window.stride - 1) / window.stride
      let total = max((count - 1) * window.stride + window.reach - extent, 0)
      (result.before, result.after) = (total / 2, total - total / 2)
    } else {
      if let word = word("pad") {
        throw CallError("'pad' is a whole number, [height, width] or 'same', not '\(word)'", at: "pad")
      }
      result.before = try pair("pad", default: [0, 0], atLeast: 0)[axis]
      result.after = result.before
    }
    guard result.count(extent) > 0 else {
      let padding = result.isPadded ? " (\(result.before + extent + result.after) with its padding)" : ""
      throw CallError(
        "a window over \(result.reach) elements does not fit into the \(axis == 0 ? "height" : "width") \(extent)\(padding)", at: "x")
    }
    return result
  }

  /// The number of groups, of which each has its part of `x`'s channels and of `channels`.
  func groups(_ layer: String, of input: Int, to channels: Int) throws(CallError) -> Int {
    let groups = wholeNumber("groups", default: 1)
    guard groups >= 1 else { throw CallError("'groups' is at least 1, not \(groups)", at: "groups") }
    guard input % groups == 0, channels % groups == 0 else {
      let uneven = input % groups == 0 ? "\(channels) channels" : "the \(input) channels of its input"
      throw CallError("'\(layer)' cannot divide \(uneven) into \(groups) groups", at: "groups")
    }
    return groups
  }

  /// The layer's `weight` of this shape, and its `bias` added to what `body` makes of it.
  mutating func withWeight(
    _ shape: Shape, fanIn: Int, channels: Int, _ body: (inout FunctionCall, Value) -> Value
  ) throws(CallError) -> Value {
    let weight = try self.weight("weight", shape, fanIn: fanIn, default: .he)
    let result = body(&self, weight)
    guard flag("bias", default: true) else { return result }
    let bias = try parameter("bias", Shape([channels]), initial: .constant(0))
    return graph.add(result, graph.reshape(bias, to: [channels, 1, 1]))
  }
}
