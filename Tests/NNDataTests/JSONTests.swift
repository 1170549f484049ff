import Testing

@testable import NNData

@Suite struct JSONTests {
  @Test(
    arguments: [
      ("null", JSON.null),
      (" true ", true),
      ("[]", []),
      ("{}", [:]),
      ("-0", .number(-0.0)),
      ("12", 12),
      ("-9223372036854775808", .integer(Int.min)),
      ("9223372036854775808", .number(9223372036854775808)),
      ("1e-9", 1e-9),
      ("0.1", 0.1),
      ("\"a\\u00e9\\n\\ud83d\\ude00\\/\"", "aé\n😀/"),
      ("[1, [2, {\"a\": \"b\"}]]", [1, [2, ["a": "b"]]]),
      ("{\"b\": 1, \"a\": 2}", ["b": 1, "a": 2]),
    ] as [(String, JSON)])
  func reads(text: String, value: JSON) throws {
    #expect(try JSON(parsing: text) == value)
  }

  @Test(
    arguments: [
      ("", "byte 0: the JSON text ends where a JSON value should be"),
      ("{\"a\":1,}", "byte 7: '}' stands where a member's name should be"),
      ("[1,]", "byte 3: ']' stands where a JSON value should be"),
      ("[1 2]", "byte 3: '2' stands where ',' or ']' should be"),
      ("{\"a\":1,\"a\":2}", "byte 7: the member 'a' occurs twice"),
      ("01", "byte 1: '1' stands where the end should be"),
      ("+1", "byte 0: '+' stands where a JSON value should be"),
      ("1.", "byte 2: the JSON text ends where a digit should be"),
      (".5", "byte 0: '.' stands where a JSON value should be"),
      ("1e999", "byte 0: the number 1e999 is out of range"),
      ("NaN", "byte 0: 'N' stands where a JSON value should be"),
      ("tru", "byte 3: the JSON text ends where 'true' should be"),
      ("\"a", "byte 0: a string does not end"),
      ("\"\u{1}\"", "byte 1: a string holds a control character"),
      ("\"\\x\"", "byte 2: 'x' stands where an escape should be"),
      ("\"\\ud800\"", "byte 3: half a surrogate pair"),
      ("\"\\ud800\\u0041\"", "byte 3: half a surrogate pair"),
      ("\"\\u12g4\"", "byte 5: 'g' stands where a hexadecimal digit should be"),
      ("{1:2}", "byte 1: '1' stands where a member's name should be"),
      ("1 1", "byte 2: '1' stands where the end should be"),
    ] as [(String, String)])
  func rejects(text: String, message: String) {
    #expect(failure { () throws(ContentError) in try JSON(parsing: text) } == message)
  }

  @Test func boundsDepthAndNumberOfValues() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(failure { () throws(ContentError) in try JSON(parsing: deep) } == "byte 64: the JSON text is nested too deeply")
    let nested = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    _ = try JSON(parsing: nested)
    let many = ByteBuffer(Array("[1,1,1,1]".utf8))
    #expect(failure { () throws(ContentError) in try JSON(parsing: many, valueLimit: 4) }.contains("too many values"))
  }

  @Test func rejectsTextThatIsNotUTF8() {
    let bytes = ByteBuffer([34, 0xFF, 34])
    #expect(failure { () throws(ContentError) in try JSON(parsing: bytes) } == "byte 0: a string is not UTF-8")
  }

  @Test(
    arguments: [
      (JSON.number(-12), "-12"), (0.1, "0.1"), (.single(0.1), "0.1"), (.number(Double(Float(0.1))), "0.10000000149011612"),
      (1e-9, "1e-09"), (.number(-0.0), "-0.0"), (0.0, "0"), (.number(.nan), "\"nan\""), (.number(-.infinity), "\"-inf\""),
      (.single(.infinity), "\"inf\""), (.integer(Int.max), "9223372036854775807"),
      ("a\"\\\n\u{1}\u{1F}é", "\"a\\\"\\\\\\n\\u0001\\u001fé\""),
      (["q": 3, "x": [1, [], [:]], "e": true, "n": .null], "{\"q\": 3, \"x\": [1, [], {}], \"e\": true, \"n\": null}"),
    ] as [(JSON, String)])
  func writes(value: JSON, text: String) {
    #expect(value.text == text)
  }

  @Test func numbersSurviveWritingAndReading() throws {
    var generator = TestGenerator(state: 1)
    for _ in 0..<2000 {
      let value = Double(bitPattern: generator.next())
      let read = try JSON(parsing: JSON.number(value).text).doubleValue
      #expect(read == value || (value.isNaN && read?.isNaN == true))
    }
  }

  @Test func tensorsAreNestedArrays() {
    let leaf: (Int) -> JSON = { .integer($0) }
    #expect(JSON.tensor([7], shape: [], leaf) == 7)
    #expect(JSON.tensor([1, 2, 3, 4, 5, 6], shape: [2, 3], leaf) == [[1, 2, 3], [4, 5, 6]])
    #expect(JSON.tensor([1, 2, 3, 4], shape: [2, 1, 2], leaf) == [[[1, 2]], [[3, 4]]])
    #expect(JSON.tensor([Int](), shape: [0, 3], leaf) == [])
  }

  @Test func mutatedTextNeverCrashes() {
    let seedText = Array("{\"a\": [1, -2.5e-3, \"x\\u00e9\\n\"], \"b\": {\"c\": null, \"d\": [true, false]}}".utf8)
    for seed in 0..<UInt64(maximumRounds) {
      var generator = TestGenerator(state: seed)
      _ = try? JSON(parsing: ByteBuffer(mutated(seedText, &generator)))
    }
  }
}
