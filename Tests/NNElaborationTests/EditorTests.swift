import Foundation
import NNElaboration
import NNTestSupport
import Testing

/// The words of the language stand in the files of `editors/` as alternatives, `abs|argmax|...`, each kind together.
@Suite struct EditorTests {
  static let files = ["editors/vim/syntax/nncc.vim", "editors/vscode/syntaxes/nncc.tmLanguage.json"]

  @Test(arguments: files)
  func wordsAreCurrent(_ file: String) throws {
    let path = repositoryPath(file)
    var text = try String(contentsOfFile: path, encoding: .utf8)
    for words in LanguageWords.all {
      let current = words.joined(separator: "|")
      if isRecording, let old = try closest(to: words, in: text) { text = text.replacingOccurrences(of: old, with: current) }
      #expect(try alternatives(in: text).contains(current), "RECORD=1 writes them anew")
    }
    if isRecording { try text.write(toFile: path, atomically: true, encoding: .utf8) }
    #expect(!isRecording, "recorded")
  }

  private func alternatives(in text: String) throws -> [String] {
    try text.matches(of: Regex("[a-z][a-z0-9_]*(\\|[a-z][a-z0-9_]*)+")).map { String(text[$0.range]) }
  }

  /// The alternatives that have the most words in common with these.
  private func closest(to words: [String], in text: String) throws -> String? {
    func shared(_ alternatives: String) -> Int { Set(alternatives.split(separator: "|").map(String.init)).intersection(words).count }
    return try alternatives(in: text).max { shared($0) < shared($1) }
  }
}
