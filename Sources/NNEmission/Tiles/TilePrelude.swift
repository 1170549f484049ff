import NNAssembly
import NNGraph
import NNSchedule

/// The top of a program for libtcc: prototypes of the precompiled kernels it calls, and functions of single numbers that are made of them.
struct TilePrelude {
  private let program: ProgramContext
  /// Kernels that the functions below call.
  private var called: Set<String> = []

  init(_ program: ProgramContext) { self.program = program }

  private var real: String { program.real }
  private var prefix: String { "nn_\(program.precision.rawValue)_" }

  // MARK: Prototypes

  func prototypes(_ kernels: Set<String>) -> String {
    let all = kernels.union(called).sorted()
    return all.isEmpty ? "" : "\n" + all.map { "void \(prefix)\($0)(\(parameters($0)));\n" }.joined()
  }

  private static let extents = "long rows, long cols"
  private static let binary = Set(BinaryPrimitive.allCases.map(\.rawValue))

  private func parameters(_ kernel: String) -> String {
    if let loop = VectorLoop(name: prefix + kernel) { return parameters(loop) }
    let a = "const \(real) *a, long a_row, long a_col"
    let b = "const \(real) *b, long b_row, long b_col"
    let c = "const \(real) *c, long c_row, long c_col"
    let out = "\(real) *o, long o_row"
    switch kernel {
    case "fill": return "\(out), \(real) value, \(Self.extents)"
    case "move": return "\(out), long o_col, \(a), \(Self.extents)"
    case "coordinate": return "\(out), long first, long row_step, long inner, long extent, \(Self.extents)"
    case "uniform", "normal":
      return "\(out), unsigned long long stream, unsigned site, long first, long row_step, long per_example, \(Self.extents)"
    case "from_index": return "\(out), const int *a, long a_row, long a_col, \(Self.extents)"
    case "gather_rows", "scatter_rows": return "\(out), \(a), const int *classes, long classes_row, long count, \(Self.extents)"
    case "select": return "\(out), \(a), \(b), \(c), \(Self.extents)"
    case "product":
      return
        "\(real) *c, long c_row, const \(real) *a, long a_row, long a_k, const \(real) *b, long b_k, long b_panel, \(Self.extents), long k, "
        + "int accumulate"
    case "product_asking":
      return
        "\(parameters("product")), const \(real) *one, const \(real) *two, const \(real) *three, long far_row"
    case "segmented_product":
      return
        "\(real) *c, long c_row, const \(real) *a, long a_row, long a_k, const \(real) *b, long b_k, long b_panel, \(Self.extents), long k, "
        + "long segments, long a_segment, long b_segment, int accumulate"
    case "pixels":
      return
        "\(real) *c, long c_row, const \(real) *a, long a_row, const \(real) *b, long b_line, long rows, long lines, long pixels, "
        + "long planes, long a_plane, long b_plane, long segments, long a_segment, long b_segment, long first, long end, "
        + "long k, long a_k, long b_k"
    case "taps":
      return
        "\(real) *c, long c_row, const \(real) *a, long a_row, const \(real) *b, long b_col, \(Self.extents), long pictures, long a_picture, "
        + "long b_picture, long lines, long a_line, long b_line, long k, int accumulate"
    case "winograd_kernels":
      return "\(real) *panels, const \(real) *b, long b_line, long b_pixel, long b_k, long b_col, long k, long cols"
    case "winograd":
      return
        "\(real) *c, long c_line, long c_row, const \(real) *a, long a_line, long a_row, const \(real) *kernels, \(real) *scratch, "
        + "long round, long lines, \(Self.extents), long k"
    case "winograd_gradient":
      return
        "\(real) *c, long c_line, long c_pixel, long c_row, const \(real) *a, long a_picture, long a_line, long a_pixel, "
        + "const \(real) *b, long b_picture, long b_line, long b_pixel, \(real) *scratch, "
        + "long pictures, long lines, long pixels, \(Self.extents)"
    case "ask": return "const \(real) *a, long count"
    case "pack": return "\(real) *panels, long height, const \(real) *b, long b_k, long b_col, long k, long cols"
    case "turn": return "\(real) *o, long o_row, const \(real) *a, long a_col, \(Self.extents)"
    case "dots": return "\(real) *c, long c_row, const \(real) *a, long a_row, const \(real) *b, long b_col, \(Self.extents), long k"
    case _ where kernel.hasPrefix("row_") || kernel.hasPrefix("col_"): return "\(real) *o, \(a), \(Self.extents)"
    case _ where Self.binary.contains(kernel): return "\(out), \(a), \(b), \(Self.extents)"
    default: return "\(out), \(a), \(Self.extents)"
    }
  }

  private func parameters(_ loop: VectorLoop) -> String {
    let arrays = loop.streams.map { stream in
      let type = [.write, .update, .sum].contains(stream) ? "\(real) *" : "const \(real) *"
      return loop.walk == .rows && stream.hasStep ? type + ", long" : type
    }
    return ([loop.walk == .rows ? "long rows, long cols" : "long count"] + arrays).joined(separator: ", ")
  }

  // MARK: Functions of numbers

  /// - Parameter names: template names, such as `nn_exp`.
  mutating func functions(_ names: Set<String>) -> String {
    names.sorted().map { name in
      let carried = program.names.carried(name)
      let kernel = String(name.dropFirst(3))
      switch kernel {
      case "infinity": return constant(carried, program.precision == .f32 ? "0x7f800000u" : "0x7ff0000000000000ull")
      case "nan": return constant(carried, program.precision == .f32 ? "0x7fc00000u" : "0x7ff8000000000000ull")
      case "choose": return "\nstatic \(real) \(carried)(int condition, \(real) a, \(real) b) { return condition ? a : b; }\n"
      default: return wrapper(carried, kernel)
      }
    }.joined()
  }

  private func constant(_ name: String, _ bits: String) -> String {
    let word = program.precision == .f32 ? "unsigned" : "unsigned long long"
    return
      "\nstatic \(real) \(name)(void) {\n  union { \(word) bits; \(real) value; } pun;\n  pun.bits = \(bits);\n  return pun.value;\n}\n"
  }

  private mutating func wrapper(_ name: String, _ kernel: String) -> String {
    called.insert(kernel)
    let isBinary = Self.binary.contains(kernel)
    let parameters = isBinary ? "\(real) a, \(real) b" : "\(real) a"
    let operands = isBinary ? "&a, 0, 0, &b, 0, 0" : "&a, 0, 0"
    return "\nstatic \(real) \(name)(\(parameters)) {\n  \(real) o;\n  \(prefix)\(kernel)(&o, 1, \(operands), 1, 1);\n  return o;\n}\n"
  }
}
