/// The numbers that tiles read as operands: one table for the program.
struct ConstantTable: Sendable {
  private(set) var values: [Double] = []
  private var indices: [UInt64: Int] = [:]

  mutating func index(of value: Double) -> Int {
    if let known = indices[value.bitPattern] { return known }
    indices[value.bitPattern] = values.count
    values.append(value)
    return values.count - 1
  }
}
