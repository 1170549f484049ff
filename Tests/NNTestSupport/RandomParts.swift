package import NNGraph

extension SeededNumbers {
  /// Where some elements of a tensor lie in it, at times with steps or backwards.
  package mutating func part(of shape: Shape) -> (placement: Placement, sizes: [Int]) {
    var placement = Placement(starts: [])
    var sizes: [Int] = []
    for extent in shape.dimensions {
      let step = Int.random(in: 0..<3, using: &self) == 0 ? Int.random(in: 1...3, using: &self) : 1
      let start = Int.random(in: 0..<max(extent, 1), using: &self)
      let size = Int.random(in: 1...max((extent - start + step - 1) / step, 1), using: &self)
      let isBackwards = Int.random(in: 0..<4, using: &self) == 0
      placement.starts.append(isBackwards ? start + (size - 1) * step : start)
      placement.steps.append(isBackwards ? -step : step)
      sizes.append(size)
    }
    return (placement, sizes)
  }

  package mutating func window() -> Window {
    Window(
      size: Int.random(in: 1...3, using: &self), stride: Int.random(in: 1...3, using: &self), dilation: Int.random(in: 1...2, using: &self),
      before: Int.random(in: 0...2, using: &self), after: Int.random(in: 0...2, using: &self))
  }
}
