import NNData
import Testing

@testable import NNReport

@Suite struct RunReportTests {
  @Test func aHistogramCountsEveryNumberOnce() {
    let histogram = Histogram(name: "w", shape: [6], numbers: [-1, 0, 0, 1, .nan, .infinity])
    #expect(histogram.counts.reduce(0, +) == 4)
    #expect(histogram.counts.first == 1 && histogram.counts.last == 1)
    #expect(histogram.counts[histogram.counts.count / 2] == 2)
    #expect(histogram.mean == 0)
    #expect(abs(histogram.deviation - 0.5.squareRoot()) < 1e-12)
    #expect(histogram.strange == 2)
  }

  @Test(arguments: [[], [3, 3], [.infinity], [-1e308, 1e308]] as [[Double]])
  func aHistogramOfAnythingHasBounds(numbers: [Double]) {
    let histogram = Histogram(name: "w", shape: [numbers.count], numbers: numbers)
    #expect(histogram.bounds.low < histogram.bounds.high)
    #expect(histogram.counts.reduce(0, +) == numbers.count(where: \.isFinite))
  }

  @Test(
    arguments: [
      ([64], [1, 8, 8]), ([784], [1, 28, 28]), ([28, 20], [1, 28, 20]), ([1, 5, 4], [1, 5, 4]), ([3, 5, 4], [3, 5, 4]), ([63], nil),
      ([4], nil),
      ([2, 5, 4], nil), ([1, 1], nil), ([], nil), ([2, 3, 4, 5], nil),
    ] as [([Int], [Int]?)])
  func picturesAreToldByTheirShape(shape: [Int], layout: [Int]?) {
    #expect(Picture.layout(of: shape).map { [$0.channels, $0.height, $0.width] } == layout)
  }

  @Test func aPictureSpansItsNumbers() {
    let gray = Picture([0, 8, 16, 4], channels: 1, height: 2, width: 2)
    #expect(gray.bytes == [0, 128, 255, 64])
    let signed = Picture([-1, 0, 0.5, 1], channels: 1, height: 2, width: 2, isSigned: true)
    #expect(signed.bytes == [0, 128, 191, 255])
    let colored = Picture([0, 1, 0, 0, 1, 1], channels: 3, height: 1, width: 2)
    #expect(colored.bytes == [0, 0, 255, 255, 0, 255])
    #expect(Picture([.nan, .nan], channels: 1, height: 1, width: 2).bytes == [0, 0])
  }

  @Test func aLargePictureIsMadeSmaller() {
    let picture = Picture([Double](repeating: 1, count: 3 * 227 * 100), channels: 3, height: 227, width: 100)
    #expect(picture.height == 76 && picture.width == 34)
    #expect(picture.bytes.count == 76 * 34 * 3)
  }

  @Test func manyPointsAreThinnedOut() {
    let points = (1...5000).map { (epoch: $0, value: Double($0)) }
    let thinned = RunReport.thinned(points)
    #expect(thinned.count <= 500)
    #expect(thinned.first?.epoch == 1 && thinned.last?.epoch == 5000)
    #expect(RunReport.thinned(Array(points.prefix(20))).count == 20)
  }

  /// Names are the user's: nothing in them ends the data or stands for a part of the page.
  @Test func namesStayNames() throws {
    let nasty = "</script><script>fail()</script> @@STYLE@@ <!-- \"&'"
    var report = RunReport(title: nasty, facts: [.init(nasty, nasty)])
    report.remarks = [nasty]
    report.histograms = [Histogram(name: nasty, shape: [1], numbers: [1])]
    let page = ReportPage.html(report)
    #expect(page.ranges(of: "<script").count == 2)
    #expect(page.ranges(of: "</script>").count == 2)
    #expect(page.contains("<h1>&lt;/script&gt;&lt;script&gt;fail()&lt;/script&gt; @@STYLE@@ &lt;!-- &quot;&amp;'</h1>"))
    let start = try #require(page.firstRange(of: "id=\"figures\">")).upperBound
    let end = try #require(page[start...].firstRange(of: "</script>")).lowerBound
    #expect(try JSON(parsing: String(page[start..<end]))["title"] == .string(nasty))
  }

  @Test func thePageNeedsNothingElse() {
    let page = ReportPage.html(RunReport(title: "run", facts: []))
    for address in ["http://", "https://", "url(", "@import", " src="] {
      #expect(page.replacing("http://www.w3.org/2000/svg", with: "").ranges(of: address).isEmpty, "\(address)")
    }
  }
}
