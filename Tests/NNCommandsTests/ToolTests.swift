import NNCommands
import Testing

/// Choosing a command, help, versions, streams and exit codes.
@Suite struct ToolTests {
  @Test func helpLeadsWithExamples() {
    #expect(
      Transcript.run(.echo, ["--help"]).results == """
        Says what it understood.

        Examples:
          echo word -c 3
              three of them

        Usage: echo WORD [options]
          WORD  the word

        Options:
          -c, --count N         how many
              --ratio R         how much
          -o, --output DIR      where to
              --sizes SIZE,...  which ones
          -r, --resume          go on

        Common options:
              --set NAME=VALUE  give a 'let' of the model another value; may be repeated
              --dtype f32|f64   compute in float (the default) or double
              --json            print one JSON document instead of text, for errors too
          -q, --quiet           no progress and no warnings, only results and errors
          -v, --verbose         say more about what is done
              --color auto|always|never
                                colour messages; auto is on terminals, unless NO_COLOR
                                is set
          -h, --help            print this text
              --version         print the version

        """)
  }

  @Test(arguments: [["--help"], ["-h"], ["help"]])
  func theToolItselfHasHelp(arguments: [String]) {
    let transcript = Transcript.run(.talk, arguments)
    #expect(transcript.code == .done)
    #expect(transcript.results.contains("  talk shout word\n"))
    #expect(transcript.results.contains("  shout  Says it loudly.\n"))
    #expect(transcript.messages.isEmpty)
  }

  @Test(arguments: [["shout", "--help"], ["help", "shout"], ["shout", "a", "b", "c", "-h"]])
  func aCommandHasHelp(arguments: [String]) {
    #expect(Transcript.run(.talk, arguments).results.hasPrefix("Says it loudly.\n\nExamples:\n"))
  }

  @Test(arguments: [["--version"], ["shout", "--version"]])
  func versions(arguments: [String]) {
    #expect(Transcript.run(.talk, arguments) == Transcript(code: .done, results: "talk \(Tool.version)\n", messages: ""))
  }

  @Test(arguments: [
    (["shot", "x"], "error: unknown command 'shot'\n  = help: did you mean 'shout'?\n"),
    (["help", "shuot"], "error: unknown command 'shuot'\n  = help: did you mean 'shout'?\n"),
    (["whisper"], "error: unknown command 'whisper'\n  = help: the commands are shout\n"),
    (["-q", "shout"], "error: a command comes first, not '-q'\n  = help: the commands are shout\n"),
    ([], "error: a command is missing: shout\n  = help: 'talk --help' tells about them\n"),
  ])
  func wrongCommands(arguments: [String], message: String) {
    #expect(Transcript.run(.talk, arguments) == Transcript(code: .usage, results: "", messages: message))
  }

  @Test(arguments: [
    (["w"], "thinking\nwarning: the word is old\n"),
    (["w", "-v"], "thinking\nthinking hard\nwarning: the word is old\n"),
    (["w", "-q"], ""),
  ])
  func messagesDependOnVerbosity(arguments: [String], messages: String) {
    #expect(Transcript.run(.echo, arguments) == Transcript(code: .done, results: "w\n", messages: messages))
  }

  @Test(arguments: [
    ("bad", ExitCode.bad, "error: the word is bad\n  = help: take another\n"),
    ("missing", .file, "w: error: cannot read it\n"),
  ])
  func failures(word: String, code: ExitCode, messages: String) {
    #expect(Transcript.run(.echo, [word]) == Transcript(code: code, results: "", messages: messages))
  }

  @Test(arguments: [
    (["bad", "--json"], "the word is bad", "take another", "null"),
    (["missing", "--json"], "cannot read it", "null", "w"),
    (["w", "--cuont", "3", "--json"], "unknown option '--cuont'", "did you mean '--count'?", "null"),
  ])
  func failuresAsJSON(arguments: [String], message: String, help: String, file: String) {
    let quoted = [file, help].map { $0 == "null" ? $0 : "\"\($0)\"" }
    #expect(
      Transcript.run(.echo, arguments).results
        == "{\"errors\": [{\"file\": \(quoted[0]), \"line\": null, \"column\": null, \"message\": \"\(message)\", \"help\": \(quoted[1])}]}\n"
    )
  }

  /// After `--` it is a word like others.
  @Test func jsonMayBeAnOperand() {
    #expect(Transcript.run(.talk, ["shout", "--", "--json"]).results == "--JSON\n")
    #expect(Transcript.run(.talk, ["shout", "a", "--", "--json"]).results.isEmpty)
  }

  @Test func aBugSaysSo() {
    let transcript = Transcript.run(.echo, ["bug"])
    #expect(transcript.code == .internalError)
    #expect(transcript.messages.contains("this is a bug of echo"))
  }

  @Test func aReaderWhoLeavesIsNoError() {
    let messages = Collector()
    let gone = TextStream { _ throws(TextStream.Failure) in throw .closed }
    #expect(Tool.echo.run(["w", "-q"], in: Console(results: gone, messages: messages.stream)) == .done)
    #expect(messages.text.isEmpty)
  }

  @Test func aFullDiskIsFileTrouble() {
    let messages = Collector()
    let full = TextStream { _ throws(TextStream.Failure) in throw .failed(reason: "no space left") }
    #expect(Tool.echo.run(["w", "-q"], in: Console(results: full, messages: messages.stream)) == .file)
    #expect(messages.text == "error: cannot write to standard output: no space left\n")
  }

  @Test func messagesThatCannotBeWrittenStopNothing() {
    let results = Collector()
    let gone = TextStream { _ throws(TextStream.Failure) in throw .closed }
    #expect(Tool.echo.run(["w"], in: Console(results: results.stream, messages: gone)) == .done)
    #expect(results.text == "w\n")
  }

  @Test(
    arguments: [
      (ColorChoice.always, false, "1", "dumb", true),
      (.never, true, nil, "xterm", false),
      (.auto, true, nil, "xterm", true),
      (.auto, true, "", nil, true),
      (.auto, true, "1", "xterm", false),
      (.auto, false, nil, "xterm", false),
      (.auto, true, nil, "dumb", false),
    ] as [(ColorChoice, Bool, String?, String?, Bool)])
  func colors(choice: ColorChoice, onTerminal: Bool, noColor: String?, term: String?, isOn: Bool) {
    #expect(choice.isOn(onTerminal: onTerminal, noColor: noColor, term: term) == isOn)
  }

  @Test func colorReachesTheMessages() {
    #expect(Transcript.run(.echo, ["bad", "--color", "always"]).messages.contains("\u{1B}[1;31merror:\u{1B}[0m"))
    #expect(!Transcript.run(.echo, ["bad", "--color=never"]).messages.contains("\u{1B}"))
  }
}
