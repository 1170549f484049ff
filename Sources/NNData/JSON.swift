/// A JSON value. Objects keep the order of their members.
package enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  /// A single-precision number, which needs fewer digits than the same value in double precision.
  case single(Float)
  case string(String)
  case array([JSON])
  case object([Member])

  package struct Member: Equatable, Sendable {
    package let key: String
    package let value: JSON

    package init(_ key: String, _ value: JSON) {
      self.key = key
      self.value = value
    }
  }

  /// The member of an object by its name.
  package subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The value as a number; `"nan"`, `"inf"` and `"-inf"` stand for what JSON cannot write.
  package var doubleValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .single(let value): Double(value)
    case .string("nan"): .nan
    case .string("inf"): .infinity
    case .string("-inf"): -.infinity
    default: nil
    }
  }

  package var stringValue: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  package var arrayValue: [JSON]? {
    guard case .array(let values) = self else { return nil }
    return values
  }

  /// A tensor as nested arrays; a scalar as a bare number.
  package static func tensor<Element>(_ values: some RandomAccessCollection<Element>, shape: [Int], _ leaf: (Element) -> JSON) -> JSON {
    guard let length = shape.first else { return values.first.map(leaf) ?? .null }
    guard length > 0 else { return .array([]) }
    guard shape.count > 1 else { return .array(values.map(leaf)) }
    let stride = values.count / length
    let inner = Array(shape.dropFirst())
    return .array(
      (0..<length).map { index in
        tensor(values.dropFirst(index * stride).prefix(stride), shape: inner, leaf)
      })
  }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
  package init(dictionaryLiteral members: (String, JSON)...) { self = .object(members.map { Member($0, $1) }) }
  package init(arrayLiteral values: JSON...) { self = .array(values) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
}
