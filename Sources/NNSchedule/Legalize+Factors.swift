import NNGraph

/// What is multiplied by the same number in many places is multiplied by it in few. Normalization and its gradients are full of such products: of what a
/// channel has in each pixel, of each example, with what there is once for the channel.
extension Legalize {
  /// (x s) t as x (s t), where x depends on the example and s and t do not, and are much smaller.
  mutating func joined(_ inputs: [Value], type: ValueType) -> Value? {
    for (scaled, other) in [(inputs[0], inputs[1]), (inputs[1], inputs[0])] where isNarrow(other, beside: type) {
      guard builder.operation(scaled) is Multiply else { continue }
      let factors = builder.inputs(scaled)
      guard let narrow = factors.firstIndex(where: { isNarrow($0, beside: type) }) else { continue }
      let factor = builder.multiply(factors[narrow], other)
      guard isNarrow(factor, beside: type) else { continue }
      return builder.expand(builder.multiply(factors[1 - narrow], factor), to: type)
    }
    return nil
  }

  private func isNarrow(_ value: Value, beside type: ValueType) -> Bool {
    let own = builder.type(value)
    return type.isBatched && !own.isBatched && own.shape.count > 1 && own.shape.count * 4 <= type.shape.count
  }

  /// The sum of a product as the product of what its terms have in common and the sum of the rest. Sums of the same rest then are one.
  ///
  /// - Parameter isOnlyUse: whether nothing else needs the product itself.
  mutating func factoredSum(_ input: Value, axes: [Int], batch: Bool, isOnlyUse: Bool) -> Value? {
    let type = builder.type(input)
    let factors = factors(of: input) { isCommon($0, of: type, axes, batch) }
    let own = factors.own.sorted { $0.id < $1.id }
    guard factors.isNegative || factors.common.contains(where: { builder.shape($0).count > 1 }), let first = own.first,
      isOnlyUse || own.count == 1
    else { return nil }
    let rest = own.dropFirst().reduce(first) { builder.multiply($0, $1) }
    guard builder.type(rest) == type else { return nil }
    let sum = reduced(.sum, rest, axes: axes, batch: batch)
    let scaled = factors.common.reduce(sum) { product, factor in
      let lead = [Int](repeating: 1, count: type.shape.rank - builder.shape(factor).rank)
      let shape = Shape(lead + builder.shape(factor).dimensions).removing(axes: axes)
      return builder.multiply(product, builder.reshape(factor, to: shape))
    }
    return builder.expand(factors.isNegative ? builder.negate(scaled) : scaled, to: builder.type(sum))
  }

  /// What a product is made of.
  private struct Factors {
    /// Those that are the same for all that are summed, and the others.
    var common: [Value] = []
    var own: [Value] = []
    var isNegative = false
  }

  /// Factors are looked for so many products deep.
  private static let mostDepth = 6

  /// A product taken apart as far as there is something in common to be found.
  private func factors(of value: Value, depth: Int = 0, isCommon: (Value) -> Bool) -> Factors {
    if isCommon(value) { return Factors(common: [value]) }
    let whole = Factors(own: [value])
    guard depth < Self.mostDepth, builder.operation(value) is Multiply || builder.operation(value) is Negate else { return whole }
    var all = Factors(isNegative: builder.operation(value) is Negate)
    for input in builder.inputs(value) {
      let part = factors(of: input, depth: depth + 1, isCommon: isCommon)
      all.common += part.common
      all.own += part.own
      all.isNegative = all.isNegative != part.isNegative
    }
    return all.common.isEmpty && !all.isNegative ? whole : all
  }

  /// Whether a factor is the same for all that are summed.
  private func isCommon(_ factor: Value, of type: ValueType, _ axes: [Int], _ batch: Bool) -> Bool {
    let own = builder.type(factor)
    let lead = type.shape.rank - own.shape.rank
    return !(batch && own.isBatched) && axes.allSatisfy { $0 < lead || own.shape[$0 - lead] == 1 || type.shape[$0] == 1 }
  }
}
