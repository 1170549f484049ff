/// What went wrong with a file.
package enum DataError: Error, Equatable, Sendable {
  /// The file could not be opened, read or written: trouble with the file system, not with what is in it.
  case file(path: String, message: String, help: String?)
  /// The file was read, and what it holds is not right. `place` says where in it, in the words of its format.
  case content(path: String, place: String?, message: String, help: String?)

  package var path: String {
    switch self {
    case .file(let path, _, _), .content(let path, _, _, _): path
    }
  }

  /// What is wrong and where, without the path.
  package var message: String {
    switch self {
    case .file(_, let message, _), .content(_, nil, let message, _): message
    case .content(_, let place?, let message, _): "\(place): \(message)"
    }
  }

  package var help: String? {
    switch self {
    case .file(_, _, let help), .content(_, _, _, let help): help
    }
  }
}

extension DataError: CustomStringConvertible {
  package var description: String {
    "\(path): error: \(message)" + (help.map { "\n  = help: \($0)" } ?? "")
  }
}

/// Something wrong in bytes whose file the reader does not know. The one who opened the file adds its path.
package struct ContentError: Error, Equatable, Sendable {
  package let place: String?
  package let message: String
  package let help: String?
  /// Index into the elements of the array that is read, while that alone is known of the place.
  let element: Int?

  package init(_ message: String, place: String? = nil, help: String? = nil) {
    self.place = place
    self.message = message
    self.help = help
    element = nil
  }

  init(_ message: String, element: Int) {
    place = "element \(element)"
    self.message = message
    help = nil
    self.element = element
  }

  /// The same error, where what was read begins at another element.
  func moved(by elements: Int) -> ContentError {
    element.map { ContentError(message, element: $0 + elements) } ?? self
  }

  /// The same error, said of a part of the file.
  func inside(_ part: String) -> ContentError {
    ContentError(message, place: place.map { "\(part), \($0)" } ?? part, help: help)
  }

  /// The same error, naming the example instead of the element of the array of all examples.
  func inExample(of port: DataPort) -> ContentError {
    element.map { ContentError(message, place: "example \($0 / max(port.elementCount, 1))", help: help) } ?? self
  }

  package func inFile(_ path: String) -> DataError {
    .content(path: path, place: place, message: message, help: help)
  }
}
