import NNGraph

/// The axes of a value that have an extent: the batch first, then its own without the ones. Values with equal dims have equal linear orders.
typealias Dims = [Extent]

extension ValueType {
  var dims: Dims { (isBatched ? [Extent(1, perExample: true)] : []) + shape.dimensions.filter { $0 != 1 }.map { Extent($0) } }

  /// Elements, as an extent.
  var elements: Extent { Extent(shape.count, perExample: isBatched) }
}

/// Where the elements of a value are: an origin, an offset and a stride for the batch and for each axis. Reshapes, transposes, slices and expansions are
/// views of what they are taken from and cost nothing.
struct TensorView: Hashable {
  enum Origin: Hashable {
    /// What a node computes, contiguous in its natural order.
    case node(Value)
    case argument(Argument)
    case literal(Int)
  }

  var origin: Origin
  var offset = 0
  var batch: Int
  var strides: [Int]

  var argument: Argument? { if case .argument(let argument) = origin { argument } else { nil } }

  /// The natural order of a type's elements.
  init(_ origin: Origin, _ type: ValueType) {
    self.origin = origin
    batch = type.isBatched ? type.shape.count : 0
    strides = type.shape.strides
  }

  /// Through a strided view of `input`.
  func viewed(_ view: StridedView) -> TensorView {
    var result = self
    result.offset += zip(view.starts, strides).reduce(0) { $0 + $1.0 * $1.1 }
    result.strides = zip(view.sources, view.steps).map { source, step in source.map { strides[$0] * step } ?? 0 }
    return result
  }

  /// Where a tensor is set down in this one.
  func part(_ placement: Placement) -> TensorView {
    var result = self
    result.offset += zip(placement.starts, strides).reduce(0) { $0 + $1.0 * $1.1 }
    result.strides = zip(strides, placement.steps).map { $0 * $1 }
    return result
  }

  /// Under another shape; nil where no strides can say it.
  func reshaped(from: Shape, to: Shape) -> TensorView? {
    guard let strides = Self.restrided(strides, from: from.dimensions, to: to.dimensions) else { return nil }
    var result = self
    result.strides = strides
    return result
  }

  /// The strides along a type's dims (batch and axes without ones), the view being broadcast to it.
  func strides(along type: ValueType, from shape: Shape) -> [Int] {
    let lead = type.shape.rank - shape.rank
    var result = type.isBatched ? [batch] : []
    for axis in type.shape.dimensions.indices where type.shape[axis] != 1 {
      let isStretched = axis < lead || shape[axis - lead] == 1
      result.append(isStretched ? 0 : strides[axis - lead])
    }
    return result
  }

  /// Walks both shapes in step: groups of axes with equal products, each of which must be one run of elements.
  private static func restrided(_ strides: [Int], from: [Int], to: [Int]) -> [Int]? {
    let source = from.indices.filter { from[$0] != 1 }.map { (extent: from[$0], stride: strides[$0]) }
    var result = [Int](repeating: 0, count: to.count)
    var next = 0
    var axis = 0
    while axis < to.count {
      guard to[axis] != 1 else {
        axis += 1
        continue
      }
      guard next < source.count else { return nil }
      var group = [source[next]]
      var axes = [axis]
      var (have, want) = (source[next].extent, to[axis])
      while have != want {
        if have < want {
          next += 1
          guard next < source.count else { return nil }
          group.append(source[next])
          have *= source[next].extent
        } else {
          axis += 1
          guard axis < to.count else { return nil }
          if to[axis] == 1 { continue }
          axes.append(axis)
          want *= to[axis]
        }
      }
      for (outer, inner) in zip(group, group.dropFirst()) where outer.stride != inner.stride * inner.extent { return nil }
      var stride = group.last?.stride ?? 0
      for axis in axes.reversed() {
        result[axis] = stride
        stride *= to[axis]
      }
      next += 1
      axis += 1
    }
    return result
  }
}

/// Whether the dims in `range` are one run for an operand with these strides, and with which stride.
func collapsedStride(_ strides: [Int], _ dims: Dims, in range: Range<Int>) -> Int? {
  guard let last = range.last else { return 0 }
  for index in range.dropLast() {
    // The batch may only be the outermost, so inner extents are plain numbers.
    if strides[index] != strides[index + 1] * dims[index + 1].count { return nil }
  }
  return strides[last]
}

/// The strides of dims in their own natural order; the batch counts as outermost.
func naturalStrides(_ dims: Dims) -> [Int] {
  var strides = [Int](repeating: 1, count: dims.count)
  for index in stride(from: dims.count - 2, through: 0, by: -1) { strides[index] = strides[index + 1] * dims[index + 1].count }
  return strides
}

extension Sequence where Element == Extent {
  /// The extent of dims taken together. At most one of them is the batch.
  var product: Extent {
    reduce(Extent(1)) { Extent($0.count * $1.count, perExample: $0.perExample || $1.perExample) }
  }
}
