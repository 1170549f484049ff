import Testing

@testable import NNCommands

struct DataArgumentTests {
  @Test(arguments: ["csv(\"d.csv\", label: \"y\")", " rows (x: [[1]])", "random(1000)", "csv(\"d.csv\"", "rows(x: [[1, 2]", "random("])
  func calls(text: String) {
    #expect(DataArgument(text) == .source(text))
  }

  @Test(arguments: ["d.csv", "folder/d.csv.gz", "data(1).csv", "my data (copy).npz", "(d).csv", "", "-"])
  func files(text: String) {
    #expect(DataArgument(text) == .file(text))
  }
}
