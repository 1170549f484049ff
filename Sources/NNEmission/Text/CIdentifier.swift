/// Names as C spells them.
package enum CIdentifier {
  /// The name with everything that C does not take in a name made an underscore. Nothing else is said about it: it may be a keyword.
  static func spelling(of name: String) -> String {
    var result = ""
    for byte in name.utf8 { result.unicodeScalars.append(isPart(byte) ? UnicodeScalar(byte) : "_") }
    guard let first = result.utf8.first else { return "_" }
    return isDigit(first) ? "_" + result : result
  }

  static func isStart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
    default: false
    }
  }

  static func isPart(_ byte: UInt8) -> Bool { isStart(byte) || isDigit(byte) }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  /// `name` in capitals, as macros are.
  static func capitals(of name: String) -> String {
    var result = ""
    for byte in name.utf8 {
      let isSmall = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
      result.unicodeScalars.append(UnicodeScalar(isSmall ? byte - 32 : byte))
    }
    return result
  }

  /// Text that can stand between quotes.
  static func quoted(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      let isPlain = byte >= 32 && byte < 127 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") && byte != UInt8(ascii: "?")
      result.unicodeScalars.append(isPlain ? UnicodeScalar(byte) : "_")
    }
    return result
  }

  /// What a value or argument of a model cannot be called: the keywords of C and C++, names that compilers predefine, and the arguments of our functions.
  static let reserved = keywordSet.union((predefined + " " + arguments).split(separator: " ").map(String.init))

  /// Whether a name is one of those that compilers keep for themselves.
  package static func isCompilers(_ name: String) -> Bool {
    let start = Array(name.utf8.prefix(2))
    guard start.count == 2, start[0] == UInt8(ascii: "_") else { return false }
    return start[1] == UInt8(ascii: "_") || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(start[1])
  }

  /// Those of C and C++.
  static let keywordSet = Set(keywords.split(separator: " ").map(String.init))

  private static let keywords = """
    auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return short signed \
    sizeof static struct switch typedef union unsigned void volatile while _Alignas _Alignof _Atomic _Bool _Complex _Generic _Imaginary _Noreturn \
    _Static_assert _Thread_local alignas alignof and and_eq asm atomic_cancel atomic_commit atomic_noexcept bitand bitor bool catch char8_t char16_t \
    char32_t class compl concept consteval constexpr constinit const_cast co_await co_return co_yield decltype delete dynamic_cast explicit export \
    false friend import module mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public reflexpr reinterpret_cast \
    requires static_assert static_cast synchronized template this thread_local throw true try typeid typename typeof typeof_unqual using virtual \
    wchar_t xor xor_eq final override
    """

  private static let predefined = "linux unix i386 arm main errno NULL"

  private static let arguments = "n params state grads optimizer rate step stream seed workspace direction product"
}
