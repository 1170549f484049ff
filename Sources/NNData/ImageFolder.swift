/// A folder with a folder of pictures for each class, or with nothing but pictures.
struct ImageFolder {
  private struct File {
    let path: String
    let label: Int32?
  }

  private let files: [File]
  /// The names of the classes in order; empty for a folder of pictures.
  let classes: [String]

  /// - Parameter path: as it can be opened.
  init(_ path: String) throws(DataError) {
    let base = path.hasSuffix("/") ? path : path + "/"
    let folders = Self.ordered(try Folder.names(in: path).filter { !$0.hasPrefix(".") && Folder.exists(base + $0) })
    var files: [File] = []
    for (label, folder) in folders.enumerated() {
      for name in try Self.pictures(in: base + folder) {
        files.append(File(path: "\(base)\(folder)/\(name)", label: Int32(label)))
      }
    }
    let loose = try Self.pictures(in: path)
    guard folders.isEmpty || loose.isEmpty else {
      throw ContentError("'\(loose[0])' lies beside folders of classes, so that its class is unknown").inFile(path)
    }
    files += loose.map { File(path: base + $0, label: nil) }
    guard !files.isEmpty else {
      throw ContentError(
        "there are no pictures in it, nor in its folders", help: "known are \(Picture.fileEndings.joined(separator: ", "))"
      )
      .inFile(path)
    }
    self.files = files
    classes = folders
  }

  /// Files of other kinds, such as notes about the pictures, are passed over, but no pictures that cannot be read.
  private static func pictures(in folder: String) throws(DataError) -> [String] {
    let names = try Folder.names(in: folder)
    if let other = names.first(where: Picture.isOfOtherKind) {
      let known = Picture.fileEndings.joined(separator: ", ")
      throw ContentError("pictures of this kind cannot be read", help: "known are \(known): convert it, or move it away")
        .inFile(folder.hasSuffix("/") ? folder + other : "\(folder)/\(other)")
    }
    return names.filter(Picture.isPicture)
  }

  /// Numbers by their size, other names as text.
  private static func ordered(_ names: [String]) -> [String] {
    let numbers = names.compactMap { Int($0) }
    guard numbers.count == names.count else { return names }
    return zip(numbers, names).sorted { $0 < $1 }.map(\.1)
  }

  /// The class of each picture; nil for a folder of pictures.
  var labels: [Int32]? { classes.isEmpty ? nil : files.compactMap(\.label) }

  func mismatch(with target: DataPort) -> ContentError {
    let wanted = if case .classes(let count) = target.kind { "\(count) classes" } else { "no classes" }
    let names = classes.prefix(12).joined(separator: ", ") + (classes.count > 12 ? ", ..." : "")
    return ContentError("it has \(classes.count) folders of classes, but \(target.title) has \(wanted)", help: "they are \(names)")
  }

  /// The bytes of every picture, for a port of shape [H, W], [C, H, W] or all of that flattened.
  func pixels(for port: DataPort) throws(DataError) -> [UInt8] {
    var all: [UInt8] = []
    var first: PictureSize?
    for file in files {
      let bytes = try ByteBuffer(contentsOf: file.path)
      do throws(ContentError) {
        let planes = try Picture.planes(bytes, Self.channels(port.shape)) { (size) throws(ContentError) in
          try Self.check(size, first, port)
          first = size
        }
        if all.isEmpty { all.reserveCapacity(planes.count * files.count) }
        all += planes
      } catch {
        throw error.inFile(file.path)
      }
    }
    return all
  }

  /// A flat port takes gray pictures.
  private static func channels(_ shape: [Int]) -> PictureChannels {
    shape.count == 3 && shape[0] == 3 ? .color : .gray
  }

  private static func check(_ size: PictureSize, _ first: PictureSize?, _ port: DataPort) throws(ContentError) {
    let wanted: PictureSize? =
      switch port.shape.count {
      case 3 where port.shape[0] == 1 || port.shape[0] == 3: PictureSize(width: port.shape[2], height: port.shape[1])
      case 2: PictureSize(width: port.shape[1], height: port.shape[0])
      case 0, 1: size.width * size.height == port.elementCount ? first ?? size : nil
      default: nil
      }
    guard wanted != size else { return }
    throw ContentError("the picture has \(size) pixels (width x height), but \(port.title) takes \(port.shape)")
  }
}
