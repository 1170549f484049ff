import NNData

/// A report as one HTML file that needs nothing else.
package enum ReportPage {
  package static func html(_ report: RunReport) -> String {
    let parts = [
      "TITLE": escaped(report.title), "STYLE": text(PackageResources.report_css), "SCRIPT": scripts.map(text).joined(separator: "\n"),
      // In a script element only `<` could end the data early.
      "FIGURES": report.json.text.replacing("<", with: "\\u003c"),
    ]
    // Each part is put in once, so that what looks like a mark in a part stays as it is.
    return text(PackageResources.report_html).split(separator: "@@", omittingEmptySubsequences: false).enumerated()
      .map { index, piece in index % 2 == 0 ? String(piece) : parts[String(piece)] ?? "" }
      .joined()
  }

  /// One after the other.
  private static var scripts: [[UInt8]] {
    [PackageResources.tools_js, PackageResources.curves_js, PackageResources.parts_js, PackageResources.page_js]
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
  }
}
