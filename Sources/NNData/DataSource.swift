/// Where examples come from. Paths are relative to a folder that is given when the source is read.
package enum DataSource: Equatable, Sendable {
  case csv(path: String, columns: CSVColumns)
  /// Images and, where the model has a target, labels.
  case idx(images: String, labels: String?)
  /// A folder of CIFAR-10 files, or one of its files.
  case cifar10(path: String, part: Part)
  case npz(path: String, names: [String: String])
  /// One array for the only input.
  case npy(path: String)
  /// One tensor for each input and target. `names` says what a tensor is called in the file where it is not the port's name.
  case safetensors(path: String, names: [String: String])
  /// Values written in the model: one tensor for each port, with the examples as first axis.
  case rows([Tensor])
  /// Made-up examples: normal reals and evenly spread classes.
  case random(count: Int)
  /// A folder with a folder of pictures for each class, or with nothing but pictures.
  case images(path: String)
  /// The examples of one after those of the other.
  indirect case several([DataSource])

  package enum Part: Equatable, Sendable {
    case training, test
  }

  /// The source that a file of this name is, or nil for an unknown kind.
  package init?(fileName path: String) {
    if path == "-" {
      self = .csv(path: "/dev/stdin", columns: .automatic)
      return
    }
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    let file = name.split(separator: "/").last ?? ""
    if name.hasSuffix(".csv") {
      self = .csv(path: path, columns: .automatic)
    } else if file.hasSuffix(".idx") || file.contains("-idx") || file.contains(".idx") {
      self = .idx(images: path, labels: nil)
    } else if name != path {
      return nil
    } else if name.hasSuffix(".safetensors") {
      self = .safetensors(path: path, names: [:])
    } else if name.hasSuffix(".npz") {
      self = .npz(path: path, names: [:])
    } else if name.hasSuffix(".npy") {
      self = .npy(path: path)
    } else if name.hasSuffix(".bin") || name.hasSuffix("/") {
      self = .cifar10(path: path, part: .training)
    } else {
      return nil
    }
  }

  /// The endings of file names that `init(fileName:)` knows.
  package static let knownFileEndings = [".csv", ".csv.gz", ".safetensors", ".npz", ".npy", "-idx3-ubyte", "-idx3-ubyte.gz", ".bin"]
}

/// Which columns of a CSV file fill which ports. Columns of a file without a header are called `0`, `1`, ...
package enum CSVColumns: Equatable, Sendable {
  /// Ports of one number take the column of their name; the columns that are left fill the only other port.
  case automatic
  /// This column fills the only target, and all others fill the only input.
  case label(String)
  case ports([Assignment])

  package struct Assignment: Equatable, Sendable {
    package let port: String
    package let columns: [Selection]

    package init(port: String, columns: [Selection]) {
      self.port = port
      self.columns = columns
    }
  }

  package enum Selection: Equatable, Sendable {
    case column(String)
    /// All columns from the first to the last, both included.
    case range(String, String)
  }
}
