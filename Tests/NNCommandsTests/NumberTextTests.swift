import NNCommands
import Testing

@Suite struct NumberTextTests {
  @Test(arguments: [
    (-12.0, "-12"), (1 / 3.0, "0.333333"), (0, "0"), (1e-9, "1e-09"), (1.5e300, "1.5e+300"), (.infinity, "inf"), (-.nan, "nan"),
  ])
  func short(number: Double, text: String) {
    #expect(NumberText.short(number).drop { $0 == "-" && number.isNaN } == text)
  }

  @Test(arguments: [
    (2.5e-9, "2.5 ns"), (12.34e-6, "12.3 us"), (0.9996e-3, "1 ms"), (0.05, "50 ms"), (1.5, "1.5 s"), (59.97, "1 min 0 s"),
    (125, "2 min 5 s"),
    (7322, "2 h 2 min"), (-1, "-1 s"), (.infinity, "inf s"), (1e300, "1e+300 s"),
  ])
  func duration(seconds: Double, text: String) {
    #expect(NumberText.duration(seconds: seconds) == text)
  }

  @Test(arguments: [(0, "0"), (999, "999"), (1797, "1,797"), (-60000, "-60,000"), (Int.min, "-9,223,372,036,854,775,808")])
  func grouped(number: Int, text: String) {
    #expect(NumberText.grouped(number) == text)
  }

  @Test(arguments: [(0, "0 steps"), (1, "1 step"), (1797, "1,797 steps")])
  func counts(number: Int, text: String) {
    #expect(NumberText.count(number, "step") == text)
  }

  @Test(
    arguments: [
      ([5], [], "5"),
      ([0.1, -2], [2], "[0.1, -2]"),
      ([1, 2, -3, 4], [2, 2], "[[ 1,  2],\n [-3,  4]]"),
      ([], [0], "[]"),
      ([], [2, 0], "[[],\n []]"),
      ([1, 2], [2, 1, 1], "[[[1]],\n [[2]]]"),
    ] as [([Double], [Int], String)])
  func smallTensors(elements: [Double], shape: [Int], text: String) {
    #expect(TensorText.text(elements, shape: shape) == text)
  }

  @Test func largeTensorsAreSummedUp() {
    let ones = [Double](repeating: 1, count: 100)
    #expect(TensorText.text(ones, shape: [10, 10]) == "[10, 10], norm 10, from 1 to 1")
    #expect(TensorText.text(ones.map { $0 * 1e300 } + [.nan], shape: [101]) == "[101], norm 1e+301, from 1e+300 to 1e+300, 1 not finite")
  }
}
