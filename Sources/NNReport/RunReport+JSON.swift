import NNData

extension RunReport {
  /// More points than this are thinned out: a page has no more pixels to show them.
  private static let mostPoints = 500

  /// What the script of the page draws.
  var json: JSON {
    var members = [
      JSON.Member("title", .string(title)), JSON.Member("facts", Self.json(facts)),
      JSON.Member("findings", .array(findings.map(Self.json))), JSON.Member("charts", .array(charts.map(Self.json))),
      JSON.Member("histograms", .array(histograms.map(Self.json))), JSON.Member("examples", .array(examples.map(Self.json))),
      JSON.Member("remarks", .array(remarks.map(JSON.string))),
    ]
    if let confusion { members.append(JSON.Member("confusion", .array(confusion.map { .array($0.map(JSON.integer)) }))) }
    members.append(
      JSON.Member("confusions", .array(confusions.map { .array([.integer($0.wanted), .integer($0.answered), .integer($0.count)]) })))
    if let examined { members.append(JSON.Member("examined", .string(examined))) }
    if let filters {
      members.append(JSON.Member("filters", ["layer": .string(filters.layer), "pictures": .array(filters.pictures.map(Self.json))]))
    }
    if let model { members.append(JSON.Member("model", .string(model))) }
    return .object(members)
  }

  private static func json(_ facts: [Fact]) -> JSON { .array(facts.map { .array([.string($0.name), .string($0.value)]) }) }

  private static func json(_ finding: Finding) -> JSON {
    [
      "epoch": .integer(finding.epoch), "message": .string(finding.message), "help": .string(finding.help),
      "place": finding.place.map(JSON.string) ?? .null,
    ]
  }

  private static func json(_ chart: Chart) -> JSON {
    let curves = chart.curves.map { curve -> JSON in
      let points = thinned(curve.points).map { JSON.array([.integer($0.epoch), .single(Float($0.value))]) }
      return ["name": .string(curve.name), "points": .array(points)]
    }
    return ["title": .string(chart.title), "curves": .array(curves), "byLayer": .bool(chart.isByLayer)]
  }

  /// The first and last stay, and of those between the same share everywhere.
  static func thinned(_ points: [(epoch: Int, value: Double)]) -> [(epoch: Int, value: Double)] {
    guard points.count > mostPoints else { return points }
    return (0..<mostPoints).map { points[$0 * (points.count - 1) / (mostPoints - 1)] }
  }

  private static func json(_ histogram: Histogram) -> JSON {
    [
      "name": .string(histogram.name), "shape": .array(histogram.shape.map(JSON.integer)), "low": .number(histogram.bounds.low),
      "high": .number(histogram.bounds.high), "counts": .array(histogram.counts.map(JSON.integer)),
      "mean": .single(Float(histogram.mean)), "deviation": .single(Float(histogram.deviation)), "strange": .integer(histogram.strange),
    ]
  }

  private static func json(_ example: Example) -> JSON {
    let pictures = example.pictures.map { JSON.array([.string($0.name), json($0.picture)]) }
    return ["title": .string(example.title), "facts": json(example.facts), "pictures": .array(pictures)]
  }

  private static func json(_ picture: Picture) -> JSON {
    let digits = Array("0123456789abcdef".utf8)
    let hex = picture.bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return [
      "width": .integer(picture.width), "height": .integer(picture.height), "colored": .bool(picture.isColored),
      "signed": .bool(picture.isSigned), "low": .single(Float(picture.bounds.low)), "high": .single(Float(picture.bounds.high)),
      "bytes": .string(String(decoding: hex, as: UTF8.self)),
    ]
  }
}
