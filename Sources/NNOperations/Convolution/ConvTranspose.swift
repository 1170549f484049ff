package import NNGraph

package struct ConvTranspose: CatalogueFunction {
  package static let name = "conv_transpose"
  package static let parameters = FunctionCall.convolutionParameters([
    FunctionParameter("output_pad", .extent, named: true, default: "0")
  ])
  package static let documentation = Documentation(
    .layer,
    "The transpose of a convolution: makes (in - 1) * stride - 2 * pad + (kernel - 1) * dilation + 1 + output_pad of each axis. Weights start as `he` over "
      + "(in / groups) * kh * kw inputs, biases at 0.",
    formula:
      "y[o, i * stride + u * dilation - pad, j * stride + v * dilation - pad] gets W[c, o, u, v] x[c, i, j] added, W [in, out / groups, kh, kw]"
  )
  package static let samples = [
    Sample(["x": .tensor([2, 3, 4]), "channels": .number(3), "kernel": .number(3)]),
    Sample(["x": .tensor([2, 3, 3]), "channels": .number(2), "kernel": .number(2), "stride": .number(2), "bias": .flag(false)]),
    Sample([
      "x": .tensor([2, 3, 4]), "channels": .number(2), "kernel": .number(3), "stride": .number(2), "pad": .number(1),
      "output_pad": .number(1),
    ]),
    Sample([
      "x": .tensor([2, 3, 3]), "channels": .number(2), "kernel": .list([2, 3]), "stride": .list([3, 1]), "dilation": .list([1, 2]),
    ]),
    Sample([
      "x": .tensor([4, 3, 3]), "channels": .number(2), "kernel": .number(3), "stride": .number(2), "pad": .number(1), "groups": .number(2),
    ]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let (input, extents) = try call.image(name)
    let channels = call.wholeNumber("channels")
    guard channels >= 1 else { throw CallError("'conv_transpose' needs at least 1 channel, not \(channels)", at: "channels") }
    let groups = try call.groups(name, of: input, to: channels)
    let (windows, made) = try geometry(call, extents)
    let sizes = windows.map(\.size)
    try call.checkWork(windows, over: made)
    try call.checkWindows([channels] + extents, of: sizes)
    try call.checkResult(Shape([channels] + made))
    let weightShape = Shape([input, channels / groups] + sizes)
    try call.checkResult(weightShape)
    return [
      try call.withWeight(weightShape, fanIn: input / groups * sizes.reduce(1, *), channels: channels) { call, weight in
        let x = call.graph.reshape(call.value("x"), to: Shape([groups, input / groups] + extents))
        let kernels = call.graph.reshape(weight, to: Shape([groups, input / groups, channels / groups] + sizes))
        let type = ValueType(Shape([groups, channels / groups] + extents + sizes), isBatched: call.type("x").isBatched)
        let spread = call.graph.contract(x, [0, 1, 3, 4], kernels, [0, 1, 2, 5, 6], to: [0, 2, 3, 4, 5, 6], of: type)
        return call.graph.reshape(call.graph.fold(spread, windows, extents: made), to: Shape([channels] + made))
      }
    ]
  }

  /// The windows over the result of which `x` has one element each, and the result's extents.
  private static func geometry(_ call: FunctionCall, _ extents: [Int]) throws(CallError) -> (windows: [Window], made: [Int]) {
    let size = try call.pair("kernel", default: [1, 1], atLeast: 1)
    let stride = try call.pair("stride", default: [1, 1], atLeast: 1)
    let dilation = try call.pair("dilation", default: [1, 1], atLeast: 1)
    let pad = try call.pair("pad", default: [0, 0], atLeast: 0)
    let extra = try call.pair("output_pad", default: [0, 0], atLeast: 0)
    var windows: [Window] = []
    var made: [Int] = []
    for axis in 0..<2 {
      let window = Window(size: size[axis], stride: stride[axis], dilation: dilation[axis], before: pad[axis], after: pad[axis])
      guard extra[axis] < window.stride else {
        throw CallError("'output_pad' is less than the stride, \(window.stride), not \(extra[axis])", at: "output_pad")
      }
      let (reach, overflow) = (window.size - 1).multipliedReportingOverflow(by: window.dilation)
      let (spread, tooFar) = (extents[axis] - 1).multipliedReportingOverflow(by: window.stride)
      guard !overflow, !tooFar, reach < Limits.elements, spread < Limits.elements else { throw CallError("the result is too large") }
      let extent = spread + reach + 1 + extra[axis] - 2 * pad[axis]
      guard extent > 0 else {
        throw CallError("nothing is left of the \(axis == 0 ? "height" : "width") when \(pad[axis]) is taken off both sides", at: "pad")
      }
      windows.append(window)
      made.append(extent)
    }
    return (windows, made)
  }
}
