/// A place as a person names it: file, line and column, both counted from 1, columns in characters.
package struct SourceLocation: Hashable, Sendable {
  package var file: String
  package var line: Int
  package var column: Int

  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
}

/// The files of a compilation, by number: the model itself, what it uses, and texts given on the command line.
package struct SourceMap: Sendable {
  package private(set) var files: [SourceFile] = []

  package init() {}

  /// Adds a file and returns its number, the `file` of every range in it.
  package mutating func add(name: String, bytes: [UInt8]) -> Int {
    files.append(SourceFile(name: name, bytes: bytes))
    return files.count - 1
  }

  package mutating func add(name: String, text: String) -> Int {
    add(name: name, bytes: Array(text.utf8))
  }

  /// Where `range` begins; nil for a range of no known file.
  package func location(of range: SourceRange) -> SourceLocation? {
    guard files.indices.contains(range.file) else { return nil }
    let file = files[range.file]
    let line = file.line(at: range.lower)
    let start = file.byteRange(ofLine: line).lowerBound
    let column = file.text(start..<max(start, range.lower)).count + 1
    return SourceLocation(file: file.name, line: line, column: column)
  }

  /// The text a range covers; empty for a range of no known file.
  package func text(of range: SourceRange) -> String {
    guard files.indices.contains(range.file), range.lower <= range.upper else { return "" }
    return files[range.file].text(range.lower..<range.upper)
  }
}
