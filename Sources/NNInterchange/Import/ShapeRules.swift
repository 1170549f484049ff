/// What nodes make of shapes, the same for numbers that are known and for values.
enum ShapeRules {
  static func reshaped(_ shape: [Int], _ target: [Int], allowsZero: Bool) throws -> [Int] {
    let count = try checkedCount(shape)
    var result: [Int] = []
    for (axis, extent) in target.enumerated() {
      guard extent >= -1 else { throw ImportProblem("a shape of \(target) is none") }
      guard extent != 0 || allowsZero || axis < shape.count else { throw ImportProblem("\(shape) has no axis \(axis) to keep") }
      result.append(extent == 0 && !allowsZero ? shape[axis] : extent)
    }
    if let open = result.firstIndex(of: -1) {
      result[open] = 1
      let rest = try checkedCount(result)
      guard rest > 0, count % rest == 0, !result.contains(-1) else { throw ImportProblem("\(shape) cannot become \(target)") }
      result[open] = count / rest
    }
    guard try checkedCount(result) == count else { throw ImportProblem("\(shape) cannot become \(target)") }
    return result
  }

  static func flatteningAxis(_ node: NodeReader, rank: Int) throws -> Int {
    let axis = try node.integer("axis", 1)
    let place = axis < 0 ? axis + rank : axis
    guard 0...rank ~= place else { throw ImportProblem("there is no axis \(axis) in a tensor of \(rank) axes") }
    return place
  }

  static func squeezed(_ shape: [Int], _ axes: [Int]?) throws -> [Int] {
    let gone = try axes?.map { try $0.axis(of: shape.count) } ?? shape.indices.filter { shape[$0] == 1 }
    if let wide = gone.first(where: { $0 >= shape.count || shape[$0] != 1 }) { throw ImportProblem("axis \(wide) of \(shape) is not 1") }
    return shape.indices.filter { !gone.contains($0) }.map { shape[$0] }
  }

  static func unsqueezed(_ shape: [Int], _ axes: [Int]) throws -> [Int] {
    guard axes.count <= 8 else { throw ImportProblem("\(axes.count) new axes are too many") }
    let places = Set(try axes.map { try $0.axis(of: shape.count + axes.count) })
    guard places.count == axes.count else { throw ImportProblem("an axis is named twice in \(axes)") }
    var rest = shape[...]
    return (0..<(shape.count + axes.count)).map { places.contains($0) ? 1 : rest.popFirst() ?? 1 }
  }

  static func permutation(_ node: NodeReader, rank: Int) throws -> [Int] {
    let permutation = try node.integers("perm") ?? Array((0..<rank).reversed())
    guard permutation.sorted() == Array(0..<rank) else { throw ImportProblem("\(permutation) is no order of \(rank) axes") }
    return permutation
  }

  /// The axes that a reduction goes over, all where it names none; nil where that means to leave everything as it is.
  static func reducedAxes(_ node: NodeReader, rank: Int) throws -> [Int]? {
    let given = try node.integers(1, or: "axes") ?? []
    if given.isEmpty { return try node.flag("noop_with_empty_axes", false) ? nil : Array(0..<rank) }
    return Set(try given.map { try $0.axis(of: rank) }).sorted()
  }

  /// The extents that it leaves.
  static func reduced(_ shape: [Int], over axes: [Int], keepsAxes: Bool) -> [Int] {
    shape.indices.compactMap { axes.contains($0) ? (keepsAxes ? 1 : nil) : shape[$0] }
  }

  /// Where an index that may count from the end points to.
  static func place(_ index: Int, in extent: Int) throws -> Int {
    let place = index < 0 ? index + extent : index
    guard 0..<extent ~= place else { throw ImportProblem("there is no place \(index) along an axis of \(extent)") }
    return place
  }

  struct Slice {
    var start: Int
    var step: Int
    var count: Int

    var places: [Int] { (0..<count).map { start + $0 * step } }
  }

  /// What `Slice` takes of each axis.
  static func slices(_ node: NodeReader, _ shape: [Int]) throws -> [Slice] {
    guard let starts = try node.integers(1, or: "starts"), let ends = try node.integers(2, or: "ends", saysShape: true) else {
      throw ImportProblem("it does not say where to begin and end")
    }
    let axes = try node.integers(3, or: "axes") ?? Array(starts.indices)
    let steps = try node.constant(4, "steps")?.list() ?? starts.map { _ in 1 }
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else {
      throw ImportProblem("it has \(starts.count) starts, \(ends.count) ends, \(axes.count) axes and \(steps.count) steps")
    }
    var slices = shape.map { Slice(start: 0, step: 1, count: $0) }
    for (index, given) in axes.enumerated() {
      let axis = try given.axis(of: shape.count)
      let (extent, step) = (shape[axis], steps[index])
      guard step != 0, abs(step) < 1 << 40 else { throw ImportProblem("a step of \(step) leads nowhere") }
      let isOpen = try node.constant(2, "ends", saysShape: true)?.tellsExamples ?? false
      guard !isOpen || extent % Importer.openExamples == 0 || ends[index] % Importer.openExamples != 0 else {
        throw ImportProblem("'ends' is the number of examples, which is open")
      }
      func bounded(_ place: Int, _ low: Int, _ high: Int) -> Int { min(max(place < 0 ? place + extent : place, low), high) }
      let start = step > 0 ? bounded(starts[index], 0, extent) : bounded(starts[index], 0, extent - 1)
      let end = step > 0 ? bounded(ends[index], 0, extent) : bounded(ends[index], -1, extent - 1)
      let distance = step > 0 ? end - start : start - end
      slices[axis] = Slice(start: start, step: step, count: distance > 0 ? (distance - 1) / abs(step) + 1 : 0)
    }
    return slices
  }
}
