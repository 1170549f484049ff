import NNTestSupport

/// Makes broken texts of sound ones, the same for the same seed.
struct TextMutation {
  private let seeds: [[UInt8]]

  init(seeds: [[UInt8]]) { self.seeds = seeds }

  func text(seed: UInt64) -> [UInt8] {
    var numbers = SeededNumbers(seed: seed)
    guard var bytes = seeds.randomElement(using: &numbers) else { return [] }
    switch Int.random(in: 0..<6, using: &numbers) {
    case 0: for _ in 0..<Int.random(in: 1...6, using: &numbers) { editByte(&bytes, &numbers) }
    case 1: shuffleTokens(&bytes, &numbers)
    case 2: for _ in 0..<Int.random(in: 1...3, using: &numbers) { replaceNumber(&bytes, &numbers) }
    case 3: bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &numbers)))
    case 4: for _ in 0..<Int.random(in: 1...4, using: &numbers) { moveLine(&bytes, &numbers) }
    default: for _ in 0..<Int.random(in: 1...4, using: &numbers) { replaceToken(&bytes, &numbers) }
    }
    return bytes
  }

  private func editByte(_ bytes: inout [UInt8], _ numbers: inout SeededNumbers) {
    let place = Int.random(in: 0...bytes.count, using: &numbers)
    let byte = UInt8.random(in: 0...255, using: &numbers)
    switch Int.random(in: 0..<3, using: &numbers) {
    case 0: bytes.insert(byte, at: place)
    case 1 where place < bytes.count: bytes.remove(at: place)
    case 2 where place < bytes.count: bytes[place] = byte
    default: bytes.append(byte)
    }
  }

  private func shuffleTokens(_ bytes: inout [UInt8], _ numbers: inout SeededNumbers) {
    var tokens = Self.tokens(bytes)
    let start = Int.random(in: 0..<max(tokens.count, 1), using: &numbers)
    let end = min(tokens.count, start + Int.random(in: 2...12, using: &numbers))
    if start < end { tokens[start..<end].shuffle(using: &numbers) }
    bytes = tokens.flatMap { $0 }
  }

  private func replaceToken(_ bytes: inout [UInt8], _ numbers: inout SeededNumbers) {
    var tokens = Self.tokens(bytes)
    guard let other = tokens.randomElement(using: &numbers) else { return }
    tokens[Int.random(in: tokens.indices, using: &numbers)] = other
    bytes = tokens.flatMap { $0 }
  }

  private static let extremes = [
    "0", "-1", "1e308", "1e309", "-1e308", "2147483648", "9223372036854775808", "1e-320", "0.5", "65536", "nan", "inf", "1e99999", "00",
    "1.", "2147483647", "-2147483649", "4294967296", "16777217",
  ].map { Array($0.utf8) }

  private func replaceNumber(_ bytes: inout [UInt8], _ numbers: inout SeededNumbers) {
    var tokens = Self.tokens(bytes)
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let places = tokens.indices.filter { tokens[$0].first.map(digits.contains) ?? false }
    guard let place = places.randomElement(using: &numbers), let extreme = Self.extremes.randomElement(using: &numbers) else { return }
    tokens[place] = extreme
    bytes = tokens.flatMap { $0 }
  }

  private func moveLine(_ bytes: inout [UInt8], _ numbers: inout SeededNumbers) {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
    let line = lines[Int.random(in: lines.indices, using: &numbers)]
    switch Int.random(in: 0..<3, using: &numbers) {
    case 0: lines.insert(line, at: Int.random(in: 0...lines.count, using: &numbers))
    case 1: lines.removeAll { $0 == line }
    default: lines.shuffle(using: &numbers)
    }
    bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }

  /// Runs of letters and digits, and everything else byte by byte.
  private static func tokens(_ bytes: [UInt8]) -> [[UInt8]] {
    var tokens: [[UInt8]] = []
    var isWord = false
    for byte in bytes {
      let letter = (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte == 95 || byte == 46
      if letter && isWord { tokens[tokens.count - 1].append(byte) } else { tokens.append([byte]) }
      isWord = letter
    }
    return tokens
  }
}
