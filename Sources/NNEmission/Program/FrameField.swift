/// A member of a frame, the struct through which a task gets what it needs.
struct FrameField {
  /// As it is declared in the frame, with a space after a type that is no pointer.
  let type: String
  let name: String
  /// How a function declares it.
  let parameter: String

  /// `const float *restrict x` is `const float *x` in the frame.
  init(_ declaration: String) {
    parameter = declaration
    name = String(declaration.utf8.reversed().prefix { CIdentifier.isPart($0) }.reversed().map { Character(UnicodeScalar($0)) })
    let type = String(declaration.dropLast(name.utf8.count))
    if let star = type.lastIndex(of: "*") {
      self.type = String(type[...star])
    } else {
      self.type = type.hasPrefix("const ") ? String(type.dropFirst("const ".utf8.count)) : type
    }
  }

  /// The type of a task's frame.
  static func define(_ task: String, _ fields: [FrameField], into writer: inout CWriter) {
    writer.open("typedef struct")
    for field in fields { writer.line("\(field.type)\(field.name);") }
    writer.close("} \(task)_frame;")
    writer.blank()
  }
}
