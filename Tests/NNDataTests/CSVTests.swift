import Testing

@testable import NNData

private let pixels = DataPort(name: "x", shape: [2], kind: .real, role: .input)
private let label = DataPort(name: "t", shape: [], kind: .classes(3), role: .target)

private func read(_ text: String, _ columns: CSVColumns = .automatic, _ ports: [DataPort] = [pixels, label]) throws(ContentError) -> Dataset
{
  try CSVReader.read(ByteBuffer(Array(text.utf8)), columns: columns, ports: ports, precision: .float64)
}

@Suite struct CSVTests {
  @Test(
    arguments: [
      ("a,b,t\n1,2,0\n3,4,2\n", CSVColumns.automatic),
      ("a,b,t\r\n1,2,0\r\n3,4,2", .automatic),
      ("\u{FEFF}a,b,t\n1,2,0\n3,4,2\n\n\n", .automatic),
      ("\"a\",\"b,\"\"c\",\"t\"\n\"1\",2,\"0\"\n 3 ,+4.0e0,2.0\n", .automatic),
      ("t,a,b\n0,1,2\n2,3,4\n", .label("t")),
      ("0,1,2\n2,3,4\n", .label("0")),
      ("a,y,b\n1,0,2\n3,2,4\n", .label("y")),
      (
        "z,a,b,y\n9,1,2,0\n9,3,4,2\n",
        .ports([.init(port: "x", columns: [.range("a", "b")]), .init(port: "t", columns: [.column("y")])])
      ),
      (
        "z,b,a,y\n9,2,1,0\n9,4,3,2\n",
        .ports([.init(port: "t", columns: [.column("y")]), .init(port: "x", columns: [.column("a"), .column("b")])])
      ),
    ] as [(String, CSVColumns)])
  func reads(text: String, columns: CSVColumns) throws {
    let data = try read(text, columns)
    #expect(data.count == 2)
    #expect(data.columns.map(\.port.name) == ["x", "t"])
    #expect(data["x"]?.values == .float64([1, 2, 3, 4]))
    #expect(data["t"]?.values == .classes([0, 2]))
  }

  @Test(
    arguments: [
      ("", CSVColumns.automatic, "it is empty"),
      ("a,b,t\n", .automatic, "it has no examples"),
      ("a,b,t\n1,2\n", .automatic, "line 2: it has 2 fields, but the first line has 3"),
      ("a,b,t\n1,2,0\n1,2,0,4\n", .automatic, "line 3: it has 4 fields, but the first line has 3"),
      ("a,b,t\n1,,0\n", .automatic, "line 2, column 'b': the value is missing (empty)"),
      ("a,b,t\n1,NA,0\n", .automatic, "line 2, column 'b': the value is missing (NA)"),
      ("a,b,t\n1,nan,0\n", .automatic, "line 2, column 'b': the value is missing (nan)"),
      ("a,b,t\n1,2,0\n1,inf,0\n", .automatic, "line 3, column 'b': 'inf' is not a number"),
      ("a,b,t\n1,0x10,0\n", .automatic, "line 2, column 'b': '0x10' is not a number"),
      ("a,b,t\n1,1e999,0\n", .automatic, "line 2, column 'b': '1e999' is not a number"),
      ("a,b,t\n1,2 3,0\n", .automatic, "line 2, column 'b': '2 3' is not a number"),
      ("a,b,t\n1,2,3\n", .automatic, "line 2, column 't': 3 is no class in 0..<3"),
      ("a,b,t\n1,2,-1\n", .automatic, "line 2, column 't': -1 is no class in 0..<3"),
      ("a,b,t\n1,2,0.5\n", .automatic, "line 2, column 't': 0.5 is no class in 0..<3"),
      ("a,b,t\n1,2,1e300\n", .automatic, "line 2, column 't': 1e300 is no class in 0..<3"),
      ("a,b,t\n1,2,red\n", .automatic, "line 2, column 't': 'red' is not a number"),
      ("a,b,t\n\"1\n2\",2,0\n", .automatic, "line 2, column 'a': '1\n2' is not a number"),
      ("a,b,t\n\"1\n\",2,0\n1,x,0\n", .automatic, "line 2, column 'a'"),
      ("a,b,t\n1,2,0\n\n1,2,0\n", .automatic, "line 3: an empty line in the middle of the data"),
      ("a,b,t\n1,\"2,0\n", .automatic, "line 2: a quoted field does not end"),
      ("a,b,t\n1,\"2\"x,0\n", .automatic, "line 2: a quoted field is followed by neither"),
      ("a,b,c,t\n1,2,3,0\n", .automatic, "line 1: 3 columns fill input 'x', which takes 2 numbers ([2])"),
      ("a,t\n1,0\n", .automatic, "line 1: 1 column fills input 'x', which takes 2 numbers ([2])"),
      ("a,b,c\n1,2,0\n", .label("t"), "line 1: there is no column 't'"),
      ("a,b,b,t\n1,2,2,0\n", .ports([.init(port: "x", columns: [.column("a"), .column("b")])]), "line 1: there are 2 columns 'b'"),
      ("a,b,t\n1,2,0\n", .ports([.init(port: "x", columns: [.range("a", "b")])]), "no columns are given for target 't'"),
      ("a,b,t\n1,2,0\n", .ports([.init(port: "xs", columns: [.range("a", "b")])]), "which is no input or target of the model"),
      ("a,b,t\n1,2,0\n", .ports([.init(port: "x", columns: [.range("b", "a")])]), "line 1: column 'b' comes after 'a'"),
      (",0,1,2\n0,5,6,7\n", .label("3"), "line 1: there is no column '3'"),
      ("1,,0\n1,2,0\n", .label("2"), "line 1, column '1': the value is missing (empty)"),
      ("nan,1,0\n1,2,0\n", .label("2"), "line 1, column '0': the value is missing (nan)"),
      ("1e400,1,0\n1,2,0\n", .label("2"), "line 1, column '0': "),
      ("a,b,c\n1,2,0\n", .automatic, "the columns do not tell what fills input 'x', target 't'"),
    ] as [(String, CSVColumns, String)])
  func rejects(text: String, columns: CSVColumns, message: String) {
    let found = failure { () throws(ContentError) in try read(text, columns) }
    #expect(found.contains(message), "\(found)")
  }

  @Test func lineNumbersCountTheLinesOfQuotedFields() {
    let found = failure { () throws(ContentError) in try read("a,b,\"t\n\"\n1,2,0\n1,2,x\n", .label("t\n")) }
    #expect(found == "line 4, column 't\n': 'x' is not a number")
  }

  @Test func namesTheNearestColumn() {
    do {
      _ = try read("width,height,digit\n1,2,0\n", .label("digti"))
    } catch {
      #expect(error.help == "did you mean 'digit'?")
      return
    }
    Issue.record("no error")
  }

  @Test func aPredictionNeedsNoLabel() throws {
    let optional = DataPort(name: "t", shape: [], kind: .classes(3), role: .target, isRequired: false)
    for columns in [CSVColumns.automatic, .label("t")] {
      #expect(try read("a,b\n1,2\n", columns, [pixels, optional]).columns.map(\.port.name) == ["x"])
      #expect(try read("a,t,b\n1,0,2\n", columns, [pixels, optional])["x"]?.values == .float64([1, 2]))
    }
  }

  @Test func singleNumbersGoByName() throws {
    let ports = ["x", "y"].map { DataPort(name: $0, shape: [], kind: .real, role: .input) }
    let data = try read("y,z,x\n1,2,3\n", .automatic, ports)
    #expect(data["x"]?.values == .float64([3]))
    #expect(data["y"]?.values == .float64([1]))
  }

  @Test func valuesTooLargeForSinglePrecisionAreNamed() {
    let bytes = ByteBuffer(Array("a,b,t\n1,1e39,0\n".utf8))
    let found = failure { () throws(ContentError) in
      try CSVReader.read(bytes, columns: .automatic, ports: [pixels, label], precision: .float32)
    }
    #expect(found == "line 2, column 'b': 1e39 is out of the range of float32")
  }

  @Test func mutatedTextNeverCrashes() {
    let text = Array("a,\"b\"\"c\",t\r\n1.5,-2e-3,0\n\"3\",123456789012345678,2\n".utf8)
    for seed in 0..<UInt64(maximumRounds) {
      var generator = TestGenerator(state: seed)
      let bytes = ByteBuffer(mutated(text, &generator))
      _ = try? CSVReader.read(bytes, columns: .automatic, ports: [pixels, label], precision: .float32)
    }
  }
}

@Suite struct DecimalNumberTests {
  private func parse(_ text: String) -> Double? {
    let bytes = Array(text.utf8)
    return DecimalNumber.parse(bytes.span, from: 0, to: bytes.count)
  }

  @Test(arguments: ["", " ", ".", "-", "+", "e5", "1e", "1e+", "1.2.3", "--1", "0x1", "inf", "nan", "1_000", "1,5", "1 2", "١"])
  func rejects(text: String) { #expect(parse(text) == nil) }

  @Test(arguments: [
    ("0", 0.0), ("-0", -0.0), ("1.", 1), (".5", 0.5), ("+2.5e3", 2500), ("\t7 ", 7), ("000000000000000000001", 1), ("1e-400", 0),
  ])
  func accepts(text: String, value: Double) { #expect(parse(text)?.bitPattern == value.bitPattern) }

  @Test func equalsTheStandardLibrary() {
    var generator = TestGenerator(state: 7)
    for _ in 0..<20_000 {
      let digits = String(UInt64.random(in: 0...UInt64.max, using: &generator) >> UInt64.random(in: 0..<64, using: &generator))
      let point = Int.random(in: 0...digits.count, using: &generator)
      let text = "-" + digits.prefix(point) + "." + digits.dropFirst(point)
      guard text != "-." else { continue }
      #expect(parse(text) == Double(text.hasPrefix("-.") ? "-0" + text.dropFirst() : text), "\(text)")
    }
  }
}
