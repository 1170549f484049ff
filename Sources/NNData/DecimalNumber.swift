/// Reads numbers in plain decimal notation from bytes, correctly rounded.
enum DecimalNumber {
  /// Powers of ten, which Double holds exactly up to the 22nd.
  private static let powers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

  /// The number from `start` to `end`, spaces around it left out; nil where there is none, or one out of range.
  ///
  /// number = ["+" | "-"] (digits ["." [digits]] | "." digits) [("e" | "E") ["+" | "-"] digits]
  static func parse(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Double? {
    var first = start
    var last = end
    while first < last && isSpace(bytes[first]) { first += 1 }
    while last > first && isSpace(bytes[last - 1]) { last -= 1 }
    return short(bytes, first, last) ?? long(bytes, first, last)
  }

  /// Numbers of up to 15 digits without an exponent. Digits and power of ten are exact, so that their quotient is rounded once.
  private static func short(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Double? {
    var position = start
    let isNegative = position < end && bytes[position] == UInt8(ascii: "-")
    if isNegative { position += 1 }
    var digits: Int64 = 0
    var count = 0
    var fraction = 0
    var isAfterPoint = false
    while position < end {
      let byte = bytes[position]
      if byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") {
        digits = digits &* 10 &+ Int64(byte &- UInt8(ascii: "0"))
        count += 1
        if isAfterPoint { fraction += 1 }
      } else if byte == UInt8(ascii: ".") && !isAfterPoint {
        isAfterPoint = true
      } else {
        return nil
      }
      if count > 15 { return nil }
      position += 1
    }
    guard count > 0 else { return nil }
    let value = Double(digits) / powers[fraction]
    return isNegative ? -value : value
  }

  private static func long(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Double? {
    guard end - start <= 4096, isNumber(bytes, start, end) else { return nil }
    let text = bytes.extracting(start..<end).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }

  private static func isNumber(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var position = start
    func skipSign() {
      if position < end && (bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-")) { position += 1 }
    }
    func digits() -> Int {
      let first = position
      while position < end && bytes[position] >= UInt8(ascii: "0") && bytes[position] <= UInt8(ascii: "9") { position += 1 }
      return position - first
    }
    skipSign()
    var count = digits()
    if position < end && bytes[position] == UInt8(ascii: ".") {
      position += 1
      count += digits()
    }
    guard count > 0 else { return false }
    if position < end && (bytes[position] == UInt8(ascii: "e") || bytes[position] == UInt8(ascii: "E")) {
      position += 1
      skipSign()
      guard digits() > 0 else { return false }
    }
    return position == end
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}
