package import NNSchedule

extension Schedule {
  /// Multiplications and additions of products, counted as one, in a call on `examples` examples.
  package func multiplyAdds(examples: Int) -> Int {
    steps.reduce(0) { sum, step in
      guard case .kernel(let kernel) = step else { return sum }
      return sum + kernel.multiplyAdds(examples: examples)
    }
  }

  package var kernelCount: Int {
    steps.reduce(0) { sum, step in
      if case .kernel = step { return sum + 1 }
      return sum
    }
  }
}

extension Kernel {
  package func multiplyAdds(examples: Int) -> Int {
    guard let product else { return 0 }
    let extents = outer + [rows, product.k] + product.segments.map(\.extent)
    return extents.reduce(columns) { $0 * $1.at(batch: examples) }
  }
}
