import NNEmission

/// Names as another language spells them: one of its keywords, or a name that the generated text or compilers have for themselves, gets
/// a trailing `_`.
struct HostNames {
  private var taken: Set<String>

  /// - Parameter reserved: keywords and the text's own names, with blanks between them.
  init(reserved: String) { taken = Set(reserved.split(separator: " ").map(String.init)) }

  /// The name, or one like it that is free, which then is taken.
  mutating func allocate(_ wanted: String) -> String {
    let spelling = Self.spelling(of: wanted)
    var name = CIdentifier.isCompilers(spelling) ? spelling + "_" : spelling
    while taken.contains(name) { name += "_" }
    taken.insert(name)
    return name
  }

  /// Everything that is no letter, digit or underscore becomes one.
  private static func spelling(of name: String) -> String {
    let scalars = name.unicodeScalars.map { scalar -> Character in
      let isPart = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
      return isPart ? Character(scalar) : "_"
    }
    guard let first = scalars.first else { return "_" }
    return (first.isNumber ? "_" : "") + String(scalars)
  }

  /// `digits` as a type: `Digits`.
  static func typeName(_ name: String) -> String {
    let spelling = spelling(of: name)
    return spelling.prefix(1).uppercased() + spelling.dropFirst()
  }
}
