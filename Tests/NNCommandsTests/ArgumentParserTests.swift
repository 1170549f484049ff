import NNCommands
import Testing

/// What can be written, and what it means.
@Suite struct ArgumentParserTests {
  struct Case: CustomTestStringConvertible {
    var arguments: String
    var outcome: String
    var testDescription: String { arguments }

    init(_ arguments: String, _ outcome: String) {
      self.arguments = arguments
      self.outcome = outcome
    }

    var words: [String] { arguments.split(separator: " ").map { $0 == "''" ? "" : String($0) } }
  }

  @Test(arguments: [
    Case("w", "w"),
    Case("-", "-"),
    Case("w --count 3", "w count=3"),
    Case("--count=3 w", "w count=3"),
    Case("-c 3 w", "w count=3"),
    Case("-c3 w", "w count=3"),
    Case("-rc3 w", "w count=3 resume"),
    Case("w -r -c 3", "w count=3 resume"),
    Case("w -o -", "w output=-"),
    Case("w -o a=b", "w output=a=b"),
    Case("w --output=a=b", "w output=a=b"),
    Case("w --count 3 --count 4", "w count=4"),
    Case("w --ratio -1.5", "w ratio=-1.5"),
    Case("w --ratio 1e-3", "w ratio=0.001"),
    Case("w --set a=1 --set b=x=y", "w a:1 b:x=y"),
    Case("w --sizes large,small,large", "w sizes=[\"large\", \"small\"]"),
    Case("w --dtype f64", "w dtype=f64"),
    Case("-- --count", "--count"),
    Case("-r -- w", "w resume"),
  ])
  func understands(_ example: Case) {
    let transcript = Transcript.run(.echo, example.words + ["-q"].filter { _ in !example.words.contains("--") })
    #expect(transcript.results == example.outcome + "\n")
    #expect(transcript.code == .done)
  }

  @Test(arguments: [
    Case("", "error: WORD is missing\n  = help: usage: echo WORD [options]\n"),
    Case("a b", "error: unexpected argument 'b'\n  = help: usage: echo WORD [options]\n"),
    Case("w --cuont 3", "error: unknown option '--cuont'\n  = help: did you mean '--count'?\n"),
    Case("w --zzzzzz", "error: unknown option '--zzzzzz'\n  = help: 'echo --help' lists the options\n"),
    Case("w -x", "error: unknown option '-x' in '-x'\n  = help: 'echo --help' lists the options\n"),
    Case("w -resumes", "error: unknown option '-e' in '-resumes'\n  = help: did you mean '--resume'?\n"),
    Case("w -count 3", "error: unknown option '-count'\n  = help: did you mean '--count'?\n"),
    Case("w -cx", "error: --count takes a whole number, 1 to 100, not 'x'\n"),
    Case("w --count", "error: --count (-c) needs a value: --count N\n"),
    Case("w -o --resume", "error: --output (-o) needs a value: --output DIR\n"),
    Case("w -o -r", "error: --output (-o) needs a value: --output DIR\n"),
    Case("w --count 101", "error: --count takes a whole number, 1 to 100, not '101'\n"),
    Case("w --count 3.5", "error: --count takes a whole number, 1 to 100, not '3.5'\n"),
    Case("w --count 99999999999999999999", "error: --count takes a whole number, 1 to 100, not '99999999999999999999'\n"),
    Case("w --ratio nan", "error: --ratio takes a number, not 'nan'\n"),
    Case("w --ratio 1e999", "error: --ratio takes a number, not '1e999'\n"),
    Case("w --resume=yes", "error: --resume takes no value, but 'yes' was given\n"),
    Case("w --output=", "error: --output takes a text, DIR, not ''\n"),
    Case("w --dtype f46", "error: --dtype takes f32 or f64, not 'f46'\n  = help: did you mean 'f64'?\n"),
    Case(
      "w --sizes small,hugh",
      "error: --sizes takes one of small, medium, large, huge, endless, not 'small,hugh'\n  = help: did you mean 'huge'?\n"),
    Case("w --set a", "error: --set takes NAME=VALUE, such as hidden=200, not 'a'\n"),
    Case("w --set =1", "error: --set takes NAME=VALUE, such as hidden=200, not '=1'\n"),
  ])
  func refuses(_ example: Case) {
    #expect(Transcript.run(.echo, example.words) == Transcript(code: .usage, results: "", messages: example.outcome))
  }

  /// Whatever is typed, the answer is a result or a usage error.
  @Test func survivesAnything() {
    let pieces = ["-", "--", "-c", "--count", "=", "--=", "-=", "--count=", "\u{0}", "é", "-é", "--set", "a=b", "", " ", "-qv", "-vo"]
    for first in pieces {
      for second in pieces {
        for third in pieces {
          let code = Transcript.run(.echo, [first, second, third]).code
          #expect(code == .done || code == .usage, "\([first, second, third])")
        }
      }
    }
  }
}
