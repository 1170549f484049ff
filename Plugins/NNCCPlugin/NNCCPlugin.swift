import Foundation
import PackagePlugin

/// Gives a target typed Swift functions for each `.nn` file among its sources.
@main
struct NNCCPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    guard let target = target as? SourceModuleTarget else { return [] }
    let compiler = try context.tool(named: "nncc").url
    let models = target.sourceFiles(withSuffix: "nn").map(\.url)
    return try models.filter(isModel).map { model in
      let output = context.pluginWorkDirectoryURL
      let swift = output.appending(path: "\(model.deletingPathExtension().lastPathComponent)+Network.swift")
      let paths = [model, output].map { $0.path(percentEncoded: false) }
      return .buildCommand(
        displayName: "Compiling \(model.lastPathComponent)", executable: compiler,
        arguments: [paths[0], "--emit", "package", "-o", paths[1]], inputFiles: models, outputFiles: [swift])
    }
  }

  /// A file of only blocks and lets is there for others to use.
  private func isModel(_ file: URL) throws -> Bool {
    let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
    let words = lines.compactMap { $0.split(whereSeparator: \.isWhitespace).first }
    return !Set(words).isDisjoint(with: ["input", "param", "model", "loss", "output"])
  }
}
