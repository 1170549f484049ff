import Glibc
import NNGraph

/// What Adam and its kin remember of the gradients, and the change that follows from it.
///
/// The corrections for the memory's start at 0 are 1 - beta^(step + 1), computed as -expm1((step + 1) log beta), which loses nothing where beta is close
/// to 1.
struct AdamMoments {
  static let parameters = [
    OptimizerParameter("beta1", default: 0.9), OptimizerParameter("beta2", default: 0.999), OptimizerParameter("epsilon", default: 1e-8),
  ]
  static let formula =
    "m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; "
    + "p -= rate m / (1 - beta1^k) / (sqrt(v / (1 - beta2^k)) + epsilon) at the k-th step"

  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double

  init(_ numbers: [String: Double]) throws(CallError) {
    beta1 = try checked(numbers, "beta1", { $0 >= 0 && $0 < 1 }, "at least 0 and below 1")
    beta2 = try checked(numbers, "beta2", { $0 >= 0 && $0 < 1 }, "at least 0 and below 1")
    epsilon = try checkedEpsilon(numbers)
  }

  /// What is taken off the parameter, and the memory after it.
  func change(along slope: Value, slots: [Value], rate: Value, step: Value, in graph: inout GraphBuilder) -> (change: Value, slots: [Value])
  {
    let mean = graph.moving(slots[0], towards: slope, keeping: beta1)
    let square = graph.moving(slots[1], towards: graph.node(Square(), [slope]), keeping: beta2)
    let size = graph.divide(rate, correction(beta1, step, in: &graph))
    // One division for all elements instead of one for each.
    let scale = graph.divide(graph.fill(1), graph.node(Sqrt(), [correction(beta2, step, in: &graph)]))
    let spread = graph.add(graph.multiply(graph.node(Sqrt(), [square]), scale), graph.fill(epsilon))
    return (graph.multiply(size, graph.divide(mean, spread)), [mean, square])
  }

  /// 1 - beta^(step + 1)
  private func correction(_ beta: Double, _ step: Value, in graph: inout GraphBuilder) -> Value {
    guard beta > 0 else { return graph.fill(1) }
    let exponent = graph.multiply(graph.add(step, graph.fill(1)), graph.fill(log(beta)))
    return graph.negate(graph.node(Expm1(), [exponent]))
  }
}
