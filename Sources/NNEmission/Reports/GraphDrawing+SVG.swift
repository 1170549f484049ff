/// The graph as a picture for a browser, complete in itself.
extension GraphDrawing {
  private static let fontSize = 11.0
  private static let lineHeight = 14.0
  private static let margin = LayeredLayout.Size(width: 10, height: 7)

  package var svg: String {
    let picture = picture
    let layout = LayeredLayout(picture.boxes.map { Self.extent(of: $0) }, isLoose: picture.boxes.map(\.isLoose), picture.arrows)
    let (width, height) = (Self.decimal(layout.extent.width), Self.decimal(layout.extent.height))
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
      font-family="Helvetica, Arial, sans-serif" font-size="\(Self.decimal(Self.fontSize))" text-anchor="middle">
      <title>\(Self.escaped(name))</title>
      <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
      <path d="M0 0.5 8 4 0 7.5z" fill="#777"/></marker></defs>
      <rect width="100%" height="100%" fill="white"/>
      <g fill="none" stroke="#777">

      """
    for trunk in picture.boxes.indices.map(layout.trunk) where !trunk.isEmpty { text += "<path d=\"\(Self.curve(trunk))\"/>\n" }
    for arrow in picture.arrows { text += "<path d=\"\(Self.curve(layout.course(of: arrow)))\" marker-end=\"url(#tip)\"/>\n" }
    text += "</g>\n"
    for (index, box) in picture.boxes.enumerated() { text += Self.element(box, at: layout.corner(of: index)) }
    return text + "</svg>\n"
  }

  // MARK: Elements

  private static func element(_ box: GraphPicture.Box, at corner: LayeredLayout.Point) -> String {
    let size = extent(of: box)
    let radius = box.kind == .result ? size.height / 2 : 3
    var text = "<g><rect x=\"\(decimal(corner.x))\" y=\"\(decimal(corner.y))\" width=\"\(decimal(size.width))\" "
    text += "height=\"\(decimal(size.height))\" rx=\"\(decimal(radius))\" fill=\"\(box.kind.fill)\" stroke=\"#555\"/>"
    for (index, line) in box.lines.enumerated() {
      let y = corner.y + margin.height + lineHeight * Double(index) + fontSize - 1
      let style = index == 0 ? " font-weight=\"bold\"" : " fill=\"#555\""
      text += "<text x=\"\(decimal(corner.x + size.width / 2))\" y=\"\(decimal(y))\"\(style)>\(escaped(line))</text>"
    }
    return text + "</g>\n"
  }

  /// Leaves and enters rows vertically.
  private static func curve(_ points: [LayeredLayout.Point]) -> String {
    var text = "M\(place(points[0]))"
    for (from, to) in zip(points, points.dropFirst()) {
      let middle = (from.y + to.y) / 2
      let isStraight = from.x == to.x
      text +=
        isStraight
        ? "L\(place(to))"
        : "C\(place(.init(x: from.x, y: middle))) \(place(.init(x: to.x, y: middle))) \(place(to))"
    }
    return text
  }

  private static func place(_ point: LayeredLayout.Point) -> String { "\(decimal(point.x)) \(decimal(point.y))" }

  // MARK: Sizes and text

  private static func extent(of box: GraphPicture.Box) -> LayeredLayout.Size {
    let width = box.lines.enumerated().map { breadth(of: $0.element) * ($0.offset == 0 ? 1.08 : 1) }.max() ?? 0
    let ends = box.kind == .result ? 2 * margin.width : margin.width
    return .init(width: (width + 2 * ends).rounded(.up), height: lineHeight * Double(box.lines.count) + 2 * margin.height)
  }

  /// About what it takes in any font without serifs.
  private static func breadth(of line: String) -> Double {
    line.unicodeScalars.reduce(0) { sum, scalar in
      switch scalar {
      case "i", "j", "l", "t", "f", "r", "I", ".", ",", ":", "'", "|", "[", "]", "(", ")", " ", "·", "-": sum + 0.36 * fontSize
      case "m", "w", "M", "W", "@", "%": sum + 0.92 * fontSize
      case "A"..."Z", "_", "+", "<", "=", ">", "*": sum + 0.7 * fontSize
      default: sum + 0.58 * fontSize
      }
    }
  }

  /// With one digit after the point, where it has any.
  private static func decimal(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths) % 10)"
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case _ where scalar.value < 32: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension GraphPicture.Box.Kind {
  /// The colour behind a box of this kind.
  var fill: String {
    switch self {
    case .parameter: "#dde8f5"
    case .input: "#e6f2df"
    case .operation: "#ffffff"
    case .result: "#fbeed5"
    }
  }
}
