package import NNGraph

package struct Groupnorm: CatalogueFunction {
  package static let name = "groupnorm"
  package static let parameters = [FunctionParameter("x", .tensor), FunctionParameter("groups", .wholeNumber), epsilonParameter]
  package static let documentation = Documentation(
    .regularizing,
    """
    Brings each of `groups` groups of neighbouring channels (places on axis 0) of each example to mean 0 and variance 1 (biased), over the group and all \
    other axes, then scales and shifts each channel. One group is layer normalisation of an image, as many as channels is instance normalisation.
    """,
    formula: "y = scale (x - mean) / sqrt(variance + epsilon) + bias, over each group")
  package static let samples = [
    Sample(["x": .tensor([4, 3]), "groups": .number(2)]),
    Sample(["x": .tensor([6, 2, 3]), "groups": .number(3), "epsilon": .number(0.01)]),
    Sample(["x": .tensor([6]), "groups": .number(1)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let epsilon = try call.epsilon()
    let x = call.value("x")
    let shape = call.graph.shape(x)
    guard let channels = shape.dimensions.first else {
      throw CallError("'groupnorm' needs an axis of channels, but its input is a single number", at: "x")
    }
    let groups = call.wholeNumber("groups")
    guard groups >= 1, channels % groups == 0 else {
      throw CallError("\(channels) channels cannot be split into \(groups) equal groups", at: "groups")
    }
    let split = try call.node(Reshape(Shape([groups, shape.count / groups])), [x])
    let standard = call.graph.standardized(split, axes: [1], epsilon: epsilon)
    return [try call.scaledAndShifted(call.graph.reshape(standard, to: shape), axis: 0)]
  }
}
