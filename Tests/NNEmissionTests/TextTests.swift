import NNSchedule
import NNSource
import Testing

@testable import NNEmission

/// The pieces that C text is made of.
struct TextTests {
  private let names = ProgramNames(model: "my net")

  @Test(arguments: [
    ("x", "x"), ("dense1.weight", "dense1_weight"), ("int", "int_"), ("2nd", "_2nd"), ("n", "n_"), ("a b/c*d", "a_b_c_d"), ("", "_"),
    ("my_net_x", "xmy_net_x"), ("MY_NET_BATCH", "xMY_NET_BATCH"), ("naïve", "na__ve"), ("linux", "linux_"), ("requires", "requires_"),
  ])
  func namesFitC(wanted: String, name: String) {
    var allocator = NameAllocator(names)
    #expect(allocator.allocate(wanted) == name)
  }

  @Test func clashesAreResolvedInOrder() {
    var allocator = NameAllocator(names, keeping: ["t"])
    #expect((0..<4).map { _ in allocator.allocate("a.b") } == ["a_b", "a_b_", "a_b_2", "a_b_3"])
    #expect(allocator.allocate("a_b") == "a_b_4")
    #expect(allocator.allocate("t12") == "t12_")
    #expect(allocator.allocate("t12x") == "t12x")
    #expect([allocator.numbered("s"), allocator.numbered("s")] == ["s1", "s2"])
    #expect(allocator.allocate("s2", else: "_ij") == "s2_ij")
  }

  @Test func templateNamesDoNotHideEntries() {
    #expect(names.carried("nn_exp") == "my_net_exp")
    #expect(names.carried("nn_step") == "my_net_step_")
    #expect(names.entry(.gradInputs) == "my_net_grad_inputs")
  }

  @Test(arguments: [
    (0.5, "0.5f", "0.5"), (0.1, "0.1f", "0.1"), (1e-5, "1e-05f", "1e-05"), (-2, "-2.0f", "-2.0"), (1e30, "1e+30f", "1e+30"),
    (1e300, "1.0f / 0.0f", "1e+300"), (-.infinity, "-1.0f / 0.0f", "-1.0 / 0.0"), (.nan, "0.0f / 0.0f", "0.0 / 0.0"),
    (1.0 / 3, "0.33333334f", "0.3333333333333333"), (.leastNonzeroMagnitude, "0.0f", "5e-324"), (-0.0, "-0.0f", "-0.0"),
  ])
  func numbersReadBackAsTheSame(value: Double, single: String, double: String) {
    #expect(NumberText.initializer(value, .f32) == single)
    #expect(NumberText.initializer(value, .f64) == double)
  }

  @Test func parenthesesStandWhereTheyMatter() {
    let (a, b, c) = (CExpression("a", .primary), CExpression("b", .primary), CExpression("c", .primary))
    #expect((a + b + c).text == "a + b + c")
    #expect((a + (b + c)).text == "a + (b + c)")
    #expect((a - (b - c)).text == "a - (b - c)")
    #expect(((a + b) * c).text == "(a + b) * c")
    #expect((a * (b * c)).text == "a * (b * c)")
    #expect((a / (b * c)).text == "a / (b * c)")
    #expect((-(a + b)).text == "-(a + b)")
    #expect((-(-a)).text == "-(-a)")
    #expect((a - -b).text == "a - -b")
    #expect((a + -b).text == "a - b")
    #expect((a + CExpression("-2.0f", .unary)).text == "a - 2.0f")
    #expect((a * -b).text == "a * -b")
  }

  @Test(
    arguments: [
      (0, [(64, "i"), (1, "j")], "i * 64 + j"), (5, [(1, "i")], "i + 5"), (0, [], "0"), (3, [(0, "i")], "3"), (-2, [(1, "i")], "i - 2"),
      (0, [(2, "i - start"), (-1, "j")], "(i - start) * 2 + j * -1"),
    ] as [(Int, [(Int, String)], String)])
  func placesAreSums(offset: Int, terms: [(Int, String)], text: String) {
    #expect(IndexText.sum(offset, terms.map { (stride: $0.0, counter: Optional($0.1)) }) == text)
  }

  @Test(arguments: [
    ("a = b */ c", "a = b * / c"), ("/* x", "/ * x"), ("tab\tand\\", "tab and?"), ("what??/", "what? ?/"), ("naïve", "na? ?ve"),
    ("a\u{0}b", "a?b"),
    ("**//", "** //"), ("  spaces  ", "spaces"),
  ])
  func commentsHoldAnything(text: String, expected: String) {
    let sanitized = SourceComment.sanitized(text)
    #expect(sanitized == expected)
    #expect(!sanitized.contains("*/") && !sanitized.contains("/*") && !sanitized.contains("\\") && !sanitized.contains("??"))
  }

  @Test func commentsNameEachLineOnce() {
    var sources = SourceMap()
    let file = sources.add(name: "/somewhere/else/net.nn", text: "input x: [2]\nh = x |> relu\r\n")
    let comment = SourceComment(sources)
    let ranges = [
      SourceRange(file: file, lower: 17, upper: 20), SourceRange(file: file, lower: 14, upper: 15),
      SourceRange(file: 9, lower: 0, upper: 1),
    ]
    #expect(comment.lines(ranges) == ["net.nn:2  h = x |> relu"])
    #expect(comment.place(ranges[0]) == "net.nn:2")
    #expect(comment.place(ranges[2]) == nil)
  }

  @Test func numbersAreGrouped() {
    #expect([0, 999, 1000, 1_234_567, -4321].map(TextTable.grouped) == ["0", "999", "1,000", "1,234,567", "-4,321"])
  }
}
