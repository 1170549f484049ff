package import NNEmission
import NNGraph
import NNSchedule

/// A header for C++17 around a program: memory that frees itself, sizes that are checked.
package struct CppHeader {
  private let interface: ProgramInterface

  package init(_ interface: ProgramInterface) { self.interface = interface }

  private static let reserved = """
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class compl concept const consteval constexpr \
    constinit const_cast continue co_await co_return co_yield decltype default delete do double dynamic_cast else enum explicit export extern false \
    float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public register \
    reinterpret_cast requires return short signed sizeof static static_assert static_cast struct switch template this thread_local throw true try \
    typedef typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq std n rate grads gradients step steps stream examples \
    seed result real batch detail params state optimizer workspace init infer predict loss grad update load NULL linux unix errno \
    main
    """

  package var text: String {
    var names = HostNames(reserved: Self.reserved)
    return FilledTemplate.text(
      PackageResources.cpp_txt,
      [
        "file": interface.name + ".hpp", "name": interface.name, "prefix": interface.name, "macro": interface.macroPrefix,
        "namespace": names.allocate(interface.name), "abi": "\(interface.abi)", "predictor": predictor, "model": model,
      ])
  }

  private func function(_ kind: EntryKind) -> HostFunction? {
    interface.function(kind).map { HostFunction($0, of: interface, reserved: Self.reserved) }
  }

  // MARK: Methods

  /// Two forms: on arrays of n examples, and on vectors that know how many they are.
  private func method(_ host: HostFunction, name: String, comment: String, extra: String = "", extraNames: String = "") -> String {
    let isSingle = host.kind == .predict
    let result = host.function.returnsReal ? "real" : "void"
    let pointers =
      (isSingle ? [] : ["int n"])
      + host.inputs.map { "const \($0.classes == nil ? "real" : "int") *\($0.name)" } + host.outputs.map { "real *\($0.name)" }
    let call = host.call(null: "nullptr", port: \.name) { argument in
      switch argument {
      case .n: "n"
      case .params: "params.data()"
      case .state: "state.data()"
      case .optimizer: "optimizer.data()"
      case .grads: "gradients.data()"
      case .rate: "rate"
      case .step: "steps"
      case .stream: "examples"
      case .workspace: "workspace.data()"
      default: "nullptr"
      }
    }
    var text = "\n  /// \(comment)\n  \(result) \(name)(\(pointers.joined(separator: ", "))\(extra)) {\n"
    if !isSingle { text += "    detail::check_count(n);\n" }
    for port in host.inputs {
      guard let classes = port.classes else { continue }
      let count = isSingle ? "\(port.elements)" : "\(port.elements) * static_cast<long>(n)"
      text += "    detail::check_classes(\(port.name), \(count), \(classes), \"\(port.name)\");\n"
    }
    if host.kind == .grad { text += "    gradients.resize(\(interface.macroPrefix)_PARAMS);\n" }
    if host.kind == .step {
      text +=
        "    const real loss = \(call);\n    steps += 1;\n    examples += static_cast<unsigned long long>(n);\n    return loss;\n  }\n"
    } else {
      text += "    \(host.function.returnsReal ? "return " : "")\(call);\n  }\n"
    }
    return isSingle ? text : text + vectorMethod(host, name, extra, extraNames)
  }

  private func vectorMethod(_ host: HostFunction, _ name: String, _ extra: String, _ extraNames: String) -> String {
    guard let first = host.inputs.first else { return "" }
    let isSingleOutput = host.outputs.count == 1
    let result = host.function.returnsReal ? "real" : isSingleOutput ? "std::vector<real>" : "void"
    let parameters =
      host.inputs.map { "const std::vector<\($0.classes == nil ? "real" : "int")> &\($0.name)" }
      + (isSingleOutput ? [] : host.outputs.map { "std::vector<real> &\($0.name)" })
    var text = "\n  /// Likewise, of vectors that hold the examples one after the other.\n"
    text += "  \(result) \(name)(\(parameters.joined(separator: ", "))\(extra)) {\n"
    text += "    const int n = detail::count(\(first.name), \(first.elements), \"\(first.name)\");\n"
    for port in host.inputs.dropFirst() {
      text += "    detail::check_same(n, detail::count(\(port.name), \(port.elements), \"\(port.name)\"), \"\(port.name)\");\n"
    }
    for port in host.outputs {
      let size = "static_cast<std::size_t>(n) * \(port.elements)"
      text += isSingleOutput ? "    std::vector<real> \(port.name)(\(size));\n" : "    \(port.name).resize(\(size));\n"
    }
    let values = ["n"] + (host.inputs + host.outputs).map { "\($0.name).data()" }
    text += "    \(host.function.returnsReal ? "return " : "")\(name)(\(values.joined(separator: ", "))\(extraNames));\n"
    if isSingleOutput { text += "    return \(host.outputs[0].name);\n" }
    return text + "  }\n"
  }

  private var outputNames: String { interface.tensors(.output).map { "`\($0.name)`" }.joined(separator: ", ") }

  private var predictor: String {
    let hosts = [function(.predict), function(.predictBatch)].compactMap { $0 }
    guard let first = hosts.first else { return "" }
    var text =
      "\n/// Inference with the weights that are constants of the program. Each thread needs a predictor of its own.\nclass Predictor {\n public:\n"
    text += "  Predictor() {\n    detail::check_program();\n"
    if first.keepsState { text += "    \(interface.name)_predict_start(state.data()\(interface.isParallel ? ", nullptr" : ""));\n" }
    text += "  }\n"
    for host in hosts {
      let comment = host.kind == .predict ? "One example: \(outputNames)." : "n examples at a time."
      text += method(host, name: "predict", comment: comment)
    }
    if first.keepsState {
      text += "\n  /// What is kept of each example from call to call.\n"
      text += "  std::vector<real> state = std::vector<real>(\(interface.macroPrefix)_PREDICT_STATES);\n"
    }
    return text
      + "\n private:\n  std::vector<unsigned char> workspace = std::vector<unsigned char>(\(interface.macroPrefix)_WORKSPACE + 1);\n};\n"
  }

  // MARK: The model

  private var model: String {
    guard interface.function(.initialize) != nil else { return "" }
    let macro = interface.macroPrefix
    let null = interface.isParallel ? ", nullptr" : ""
    let rate = ", real rate = static_cast<real>(\(interface.rate))"
    var text = """

      /// A model: its parameters, its state and the optimizer's memory. Each thread needs one of its own.
      class Model {
       public:
        /// A model at its start; equal seeds give equal bits.
        explicit Model(unsigned long long seed = 0) {
          detail::check_program();
          init(seed);
        }

        /// Starts anew.
        void init(unsigned long long seed = 0) {
          \(interface.name)_init(params.data(), state.data(), seed\(null));
          optimizer.assign(optimizer.size(), 0);
          steps = examples = 0;
        }

      """
    if let host = function(.infer) { text += method(host, name: "infer", comment: "What the model says of n examples: \(outputNames).") }
    if let host = function(.loss) { text += method(host, name: "loss", comment: "The mean loss of n examples, as in use.") }
    if let host = function(.grad) {
      text += method(host, name: "grad", comment: "The mean loss of n examples as in training, and its gradient in `gradients`.")
    }
    if let host = function(.step) {
      text += method(
        host, name: "step", comment: "Learns from n examples; returns their mean loss before that.", extra: rate, extraNames: ", rate")
    }
    if let host = function(.update) { text += "\n  /// The optimizer's part of `step`, by `gradients`.\n" + update(host) }
    return text
      + """

        /// Laid out by \(interface.name)_tensors[].
        std::vector<real> params = std::vector<real>(\(macro)_PARAMS);
        std::vector<real> state = std::vector<real>(\(macro)_STATES);
        std::vector<real> optimizer = std::vector<real>(\(macro)_OPTIMIZER);
        /// Of the last `grad`, laid out as `params`.
        std::vector<real> gradients;
        /// How many steps were taken, and how many examples were learnt from.
        unsigned long long steps = 0, examples = 0;

       private:
        std::vector<unsigned char> workspace = std::vector<unsigned char>(\(macro)_WORKSPACE + 1);
      };

      """
  }

  private func update(_ host: HostFunction) -> String {
    let call = host.call(null: "nullptr", port: \.name) { argument in
      switch argument {
      case .params: "params.data()"
      case .optimizer: "optimizer.data()"
      case .grads: "gradients.data()"
      case .rate: "rate"
      default: "steps"
      }
    }
    return
      "  void update(real rate = static_cast<real>(\(interface.rate))) {\n    gradients.resize(params.size());\n    \(call);\n    steps += 1;\n  }\n"
  }
}
