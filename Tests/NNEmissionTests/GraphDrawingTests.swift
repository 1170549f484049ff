import NNEmission
import NNSchedule
import Testing

struct GraphDrawingTests {
  private static let model = TextModel(
    name: "drawn",
    text: """
      input x: [4]
      param w: [4] = 1
      state m: [4] = 0
      next m = 0.5 * m + x
      h = x * w
      loss sum(where(h <= 2, h, m))
      output p = 1 - h
      """)

  private func drawing() throws -> GraphDrawing {
    let (compiled, sources) = try Self.model.compiled(.f32, [.infer])
    return GraphDrawing(compiled, sources: sources)
  }

  @Test(arguments: ["input x", "parameter w", "state m", "next m", "loss sum", "output p", "p = 1 - ·", "h = *", "drawn.nn:5"])
  func picturesSayWhatTheModelSays(text: String) throws {
    let drawing = try drawing()
    #expect(drawing.svg.contains(">\(text)</text>"))
    #expect(drawing.dot.contains(text))
  }

  @Test func svgIsWellFormed() throws {
    let svg = try drawing().svg
    #expect(svg.contains("· &lt;= 2"))
    #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
    var open: [Substring] = []
    for tag in svg.split(separator: "<") {
      let name = tag.prefix { $0 != " " && $0 != ">" && $0 != "\n" }
      let content = tag.prefix { $0 != ">" }
      if name.hasPrefix("/") {
        #expect(open.popLast() == name.dropFirst())
      } else if !content.hasSuffix("/") {
        open.append(name)
      }
    }
    #expect(open == [])
  }

  @Test func sameModelSamePicture() throws {
    #expect(try drawing().svg == drawing().svg)
  }
}
