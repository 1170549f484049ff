// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Recognise",
  dependencies: [.package(name: "nncc", path: "../../..")],
  targets: [
    .executableTarget(
      name: "Recognise",
      dependencies: [.product(name: "NNCC", package: "nncc")],
      plugins: [.plugin(name: "NNCCPlugin", package: "nncc")])
  ])
