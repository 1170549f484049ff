package import NNGraph
import NNOperations

/// A network in integers: its layers in order, where their bytes lie, and what floats do with what comes out.
package struct QuantizedNetwork: Sendable {
  package var layers: [IntegerLayer]
  /// Where each buffer begins in the memory of a call.
  package var offsets: [Int]
  /// Bytes that the layers need, a multiple of 64.
  package var memory: Int
  /// What is computed in floats from what the layers come to: a model whose inputs are the real ones and then ``handedOver``.
  package var rest: Model
  /// The buffers of reals that floats go on with, as inputs of ``rest`` from the number of the model's own inputs on.
  package var handedOver: [Int]
  /// Where the values of the float network are among the bytes of a call, for those that want to compare.
  package var observed: [ObservedBytes]

  package var multiplyAdds: Int { layers.reduce(0) { $0 + $1.multiplyAdds } }

  /// Weights, biases, scales and functions of the layers, in bytes: as many as the network has, before they are put in the order of vectors.
  package var weightBytes: Int { layers.reduce(0) { $0 + $1.weightBytes } }
}

/// A value of the float network as bytes in the memory of a call.
package struct ObservedBytes: Sendable {
  package var value: Value
  package var name: String
  /// What makes it, such as `convolution`.
  package var layer: String
  package var buffer: Int
  /// In the order of the value's elements, in bytes from the beginning of the buffer.
  package var places: [Int]
  package var scale: Scale
}

extension IntegerLayer {
  package var multiplyAdds: Int {
    switch kind {
    case .product(let layer): layer.multiplyAdds
    case .channelwise(let layer): layer.multiplyAdds
    default: 0
    }
  }

  var weightBytes: Int {
    switch kind {
    case .product(let layer): layer.weights.count + 4 * layer.bias.count + layer.finish.weightBytes
    case .channelwise(let layer): layer.weights.count + 4 * layer.bias.count + layer.finish.weightBytes
    case .input(let layer): 4 * (layer.scales.count + layer.shifts.count) + (layer.table?.count ?? 0)
    case .move(let layer): layer.table?.count ?? 0
    case .sum(let layer): layer.table?.count ?? 0
    case .pool, .reals: 0
    }
  }

  /// What it reads and what it writes.
  fileprivate var buffers: [Int] { x.map(\.buffer) + [y.buffer] }
}

extension Finish {
  fileprivate var weightBytes: Int {
    switch self {
    case .reals(let steps): 4 * steps.count
    case .bytes(let requantization, let table): 4 * requantization.multipliers.count + (table?.count ?? 0)
    }
  }
}

// MARK: - Memory

/// Where buffers lie in the memory of a call: those that are in use at the same time apart from each other.
struct BytePlan {
  private(set) var offsets: [Int]
  private(set) var size = 0

  private static let alignment = 16

  /// - Parameters:
  ///   - kept: buffers that are read after the last layer.
  ///   - sharesMemory: whether a buffer may lie where one was that nobody needs any more.
  init(_ layers: [IntegerLayer], _ sizes: [Int], kept: Set<Int>, sharesMemory: Bool) {
    var life = [ClosedRange<Int>?](repeating: nil, count: sizes.count)
    for (index, layer) in layers.enumerated() {
      for buffer in layer.buffers { life[buffer] = (life[buffer]?.lowerBound ?? index)...index }
    }
    for buffer in kept { life[buffer] = (life[buffer]?.lowerBound ?? 0)...layers.count }
    offsets = [Int](repeating: 0, count: sizes.count)
    var placed: [(range: Range<Int>, life: ClosedRange<Int>)] = []
    let order = sizes.indices.filter { life[$0] != nil }.sorted { sizes[$0] > sizes[$1] || (sizes[$0] == sizes[$1] && $0 < $1) }
    for buffer in order {
      guard let own = life[buffer] else { continue }
      let room = (sizes[buffer] + Self.alignment - 1) / Self.alignment * Self.alignment
      var offset = 0
      for other in placed where !sharesMemory || other.life.overlaps(own) {
        if offset + room <= other.range.lowerBound { break }
        offset = max(offset, other.range.upperBound)
      }
      offsets[buffer] = offset
      placed.append((offset..<(offset + room), own))
      placed.sort { $0.range.lowerBound < $1.range.lowerBound }
      size = max(size, offset + room)
    }
    size = (size + 63) / 64 * 64
  }
}
