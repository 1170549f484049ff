import NNSource

/// How the text after an option becomes a value, and what help says about it.
package struct ValueReader<Value: Sendable>: Sendable {
  /// Stands for the value in help: `--threads N`.
  let placeholder: String
  /// The words to choose from, where there is a fixed set.
  let choices: [String]
  /// The value, or what was expected in its place: "a whole number".
  let read: @Sendable (String) -> Reading<Value>

  package init(_ placeholder: String, choices: [String] = [], read: @escaping @Sendable (String) -> Reading<Value>) {
    self.placeholder = placeholder
    self.choices = choices
    self.read = read
  }
}

/// Outcome of reading one value.
package enum Reading<Value: Sendable>: Sendable {
  case value(Value)
  case expected(String, help: String? = nil)
}

extension ValueReader where Value == String {
  /// Any text: a path, a data source, an expression that is parsed later.
  package static func text(_ placeholder: String) -> Self {
    Self(placeholder) { text in text.isEmpty ? .expected("a text, \(placeholder)") : .value(text) }
  }
}

extension ValueReader where Value == Int {
  package static func integer(_ placeholder: String, in range: ClosedRange<Int>) -> Self {
    Self(placeholder) { text in
      guard let number = Int(text), range.contains(number) else {
        let upper = range.upperBound == .max ? " or more" : " to \(range.upperBound)"
        return .expected("a whole number, \(range.lowerBound)\(upper)")
      }
      return .value(number)
    }
  }
}

extension ValueReader where Value == UInt64 {
  /// A seed, as a recipe takes it.
  package static func seed(_ placeholder: String) -> Self {
    Self(placeholder) { text in
      guard let number = UInt32(text) else { return .expected("a whole number, 0 to \(UInt32.max)") }
      return .value(UInt64(number))
    }
  }
}

extension ValueReader where Value: RawRepresentable, Value.RawValue == String {
  /// One word of a fixed set.
  package static func choice(_ values: [Value]) -> Self {
    let words = values.map(\.rawValue)
    return Self(words.joined(separator: "|"), choices: words) { text in
      guard let value = values.first(where: { $0.rawValue == text }) else { return .unknownWord(text, among: words) }
      return .value(value)
    }
  }
}

extension ValueReader {
  /// Words of a fixed set, separated by commas. One that is given twice counts once.
  package static func list<Word>(_ placeholder: String, of words: [Word]) -> Self
  where Value == [Word], Word: RawRepresentable & Hashable & Sendable, Word.RawValue == String {
    let spellings = words.map(\.rawValue)
    return Self(placeholder, choices: spellings) { text in
      var chosen: [Word] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let word = words.first(where: { $0.rawValue == part }) else { return .unknownWord(String(part), among: spellings) }
        if !chosen.contains(word) { chosen.append(word) }
      }
      return .value(chosen)
    }
  }
}

extension Reading {
  fileprivate static func unknownWord(_ word: String, among words: [String]) -> Self {
    let choice = [words.dropLast().joined(separator: ", "), words.last ?? ""].joined(separator: words.count > 1 ? " or " : "")
    let expectation = words.count <= 4 ? choice : "one of " + words.joined(separator: ", ")
    return .expected(expectation, help: didYouMean(word, among: words))
  }
}

/// One `--set NAME=VALUE`: the value stays text, since its meaning is the model's affair.
package struct Setting: Hashable, Sendable {
  package var name: String
  package var value: String
}

extension ValueReader where Value == Setting {
  package static func setting() -> Self {
    Self("NAME=VALUE") { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return .expected("NAME=VALUE, such as hidden=200") }
      return .value(Setting(name: String(parts[0]), value: String(parts[1])))
    }
  }
}

extension ValueReader where Value == [Double] {
  /// Numbers above 0, separated by commas.
  package static func reals(_ placeholder: String) -> Self {
    Self(placeholder) { text in
      let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
      guard numbers.allSatisfy({ $0 > 0 && $0.isFinite }) else { return .expected("numbers above 0, separated by commas") }
      return .value(numbers)
    }
  }
}

extension ValueReader where Value == Double {
  package static func real(_ placeholder: String) -> Self {
    Self(placeholder) { text in
      guard let number = Double(text), number.isFinite else { return .expected("a number") }
      return .value(number)
    }
  }
}
