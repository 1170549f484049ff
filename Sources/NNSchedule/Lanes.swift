/// How well the columns of a product fill the widest vectors there are, in single precision.
enum Lanes {
  static let count = 16
  /// What pays for bringing numbers into another order, so that they fill more of a vector.
  static let leastGain = 1.25

  /// The part of all lanes that so many columns fill.
  static func filling(_ columns: Int) -> Double { Double(columns) / Double(columns + empty(columns)) }

  /// The lanes that they leave empty.
  static func empty(_ columns: Int) -> Int { (columns + count - 1) / count * count - columns }
}
