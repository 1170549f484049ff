import NNSchedule
import Testing

@testable import NNEmission

/// Which definitions a program carries, and under which names.
struct TemplateLibraryTests {
  private static let first = """
    // Not carried.
    #include "other.c"
    // @nn_one: the first, see nn_three
    real nn_one(real x) { return x + nn_hidden; }
    enum { nn_hidden = 1 };

    // @nn_two: uses another
    real nn_two(real realist) { return nn_one(realist) * 2e0; } // nn_four

    """
  private static let second = """
    // @nn_three: alone
    #define nn_three(x) ((real)(x))
    // @nn_four: uses what belongs to the first
    int nn_four(void) { return nn_hidden; }
    """

  private let library = TemplateLibrary([Array(first.utf8), Array(second.utf8)])
  private let names = ProgramNames(model: "m")

  private func text(_ used: String...) -> String { library.text(of: Set(used), names: names, precision: .f64) }

  @Test func carriesWhatIsUsedInTheOrderOfTheFiles() {
    #expect(
      text("nn_two") == """
        // m_one: the first, see nn_three
        double m_one(double x) { return x + m_hidden; }
        enum { m_hidden = 1 };

        // m_two: uses another
        double m_two(double realist) { return m_one(realist) * 2e0; } // nn_four


        """)
    #expect(text("nn_three") == "// m_three: alone\n#define m_three(x) ((double)(x))\n\n")
    #expect(text("nn_four").hasPrefix("// m_one"))
    #expect(text() == "")
  }

  @Test func namesBesideTheDefinitionsOwnBelongToIt() {
    #expect(library.contains("nn_hidden"))
    #expect(!library.contains("nn_other"))
  }

  @Test(arguments: [Precision.f32, .f64])
  func theTemplatesDefineWhatPrintersCall(precision: Precision) {
    let library = TemplateLibrary.of(precision)
    let functions =
      [
        "exp", "log", "expm1", "log1p", "sin", "cos", "tanh", "sigmoid", "erf", "floor", "relu", "abs", "square", "sqrt", "max", "min",
        "pow",
      ]
      + [
        "nan", "infinity", "uniform_at", "normal_at", "sum_row", "max_row", "min_row", "argmax_row", "product", "product_asking",
        "segmented_product",
        "ask", "pack", "turn", "line", "dots", "taps", "pixels", "winograd", "winograd_kernels", "winograd_gradient",
      ]
    for function in functions { #expect(library.contains("nn_\(function)"), "\(function)") }
  }

  @Test func anUnknownNameIsABugOfOurs() async {
    await #expect(processExitsWith: .failure) {
      _ = TemplateLibrary([]).text(of: ["nn_nothing"], names: ProgramNames(model: "m"), precision: .f32)
    }
  }
}
