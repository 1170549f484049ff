import NNData
import NNEmission
import NNExecution

extension SizeReport {
  var text: String {
    var text = "for \(target.rawValue), by \(compiler) -Os\n\n"
    text += table + "\n"
    text += "flash, as the compiler makes it of the whole: \(bytes(flash.code + flash.constants)) bytes "
    text += "(code \(bytes(flash.code)), constants \(bytes(flash.constants)))\n"
    text += "RAM that it has by itself: \(bytes(data)) bytes; no heap\n\n"
    text += memory
    if !missing.isEmpty { text += "\nnot counted, since it comes from elsewhere: \(missing.joined(separator: ", "))\n" }
    return text
  }

  private func bytes(_ count: Int) -> String { NumberText.grouped(count) }

  private var table: String {
    var table = TextTable(["kernel", "line", "code", "constants", "workspace", "stack"], rightAligned: [2, 3, 4, 5])
    for part in kernels + others {
      table.add([
        part.name, part.places.joined(separator: " "), bytes(part.code), bytes(part.constants), part.workspace.map(bytes) ?? "",
        part.stack.map(bytes) ?? "",
      ])
    }
    let all = kernels + others
    table.add(["in all", "", bytes(all.reduce(0) { $0 + $1.code }), bytes(all.reduce(0) { $0 + $1.constants })])
    return table.text
  }

  private var memory: String {
    var table = TextTable(["RAM of the caller", "bytes"], rightAligned: [1])
    for (name, count) in arrays { table.add([name, bytes(count)]) }
    let text = arrays.isEmpty ? "" : table.text + "\n"
    var calls = TextTable(["RAM of a call", "examples", "workspace", "stack"], rightAligned: [1, 2, 3])
    for entry in entries { calls.add([entry.name, bytes(entry.examples), bytes(entry.workspace), bytes(entry.stack)]) }
    return text + calls.text
  }

  /// `{"target": .., "flash": {"code": .., "constants": ..}, "kernels": [..], "entries": [..], "arrays": {..}}`, all in bytes.
  var json: JSON {
    .object([
      JSON.Member("target", .string(target.rawValue)), JSON.Member("compiler", .string(compiler)),
      JSON.Member("flash", ["code": .integer(flash.code), "constants": .integer(flash.constants)]), JSON.Member("data", .integer(data)),
      JSON.Member("kernels", .array(kernels.map(Self.json))), JSON.Member("others", .array(others.map(Self.json))),
      JSON.Member(
        "entries",
        .array(
          entries.map {
            [
              "name": .string($0.name), "examples": .integer($0.examples), "workspace": .integer($0.workspace), "stack": .integer($0.stack),
            ]
          })),
      JSON.Member("arrays", .object(arrays.map { JSON.Member($0.name, .integer($0.bytes)) })),
      JSON.Member("missing", .array(missing.map(JSON.string))),
    ])
  }

  private static func json(_ part: Part) -> JSON {
    let sizes: [(String, Int?)] = [
      ("code", part.code), ("constants", part.constants), ("workspace", part.workspace), ("stack", part.stack),
    ]
    let members = sizes.compactMap { name, bytes in bytes.map { JSON.Member(name, .integer($0)) } }
    return .object(
      [JSON.Member("name", .string(part.name)), JSON.Member("lines", .array(part.places.map(JSON.string)))] + members)
  }
}
