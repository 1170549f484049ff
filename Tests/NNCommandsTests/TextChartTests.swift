import Testing

@testable import NNCommands

@Suite struct TextChartTests {
  @Test func drawsEachPointInItsPlace() throws {
    let chart = try #require(TextChart([TextChart.Series(mark: "*", points: [(0, 0), (1, 13), (2, .nan)])]))
    let lines = chart.text(first: "a", last: "b").split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 16)
    #expect(lines[0] == "13 |" + String(repeating: " ", count: 59) + "*")
    #expect(lines[1] == "   |")
    #expect(lines[13] == " 0 |*")
    #expect(lines[14] == "   +" + String(repeating: "-", count: 60))
    #expect(lines[15] == "    a" + String(repeating: " ", count: 58) + "b")
  }

  @Test func survivesWhatHasNoScale() {
    #expect(TextChart([TextChart.Series(mark: "*", points: [(1, .infinity)])]) == nil)
    #expect(TextChart([]) == nil)
    let points = [[(1.0, 2.0)], [(1, 2), (1, 2)], [(-1e308, -1e308), (1e308, 1e308)]]
    for points in points {
      let chart = TextChart([TextChart.Series(mark: "*", points: points)])
      #expect(chart?.text(first: "", last: "").contains("*") == true)
    }
  }
}
