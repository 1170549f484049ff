// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A module of the compiler. The arrows point one way: text -> syntax -> graph -> schedule -> C -> program -> training.
func module(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "nncc",
  products: [
    .executable(name: "nncc", targets: ["nncc"]),
    .executable(name: "nnrun", targets: ["nnrun"]),
    .library(name: "NNCC", targets: ["NNCC"]),
    .plugin(name: "NNCCPlugin", targets: ["NNCCPlugin"]),
  ],
  targets: [
    .systemLibrary(name: "CTinyCC", providers: [.apt(["libtcc-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CPng", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .target(name: "CKernels"),

    module("NNSource"),
    module("NNSyntax", ["NNSource"]),
    module("NNGraph", ["NNSource"]),
    module("NNOperations", ["NNSource", "NNGraph"]),
    module("NNElaboration", ["NNSource", "NNSyntax", "NNGraph", "NNOperations"]),
    module("NNSchedule", ["NNSource", "NNGraph", "NNOperations"]),
    module("NNQuantization", ["NNSource", "NNGraph", "NNOperations"]),
    module("NNAssembly"),
    module("NNEmission", ["NNSource", "NNGraph", "NNSchedule", "NNQuantization", "NNAssembly"], resources: [.embedInCode("Templates")]),
    module("NNBindings", ["NNGraph", "NNSchedule", "NNEmission"], resources: [.embedInCode("Templates")]),
    module("NNExecution", ["CTinyCC", "CKernels", "NNAssembly"]),
    module("NNData", ["NNSource", "CKernels", "CZlib", "CPng"]),
    module("NNInterchange", ["NNSource", "NNGraph", "NNOperations", "NNData"]),
    module(
      "NNTraining",
      ["NNSource", "NNGraph", "NNOperations", "NNSchedule", "NNQuantization", "NNEmission", "NNAssembly", "NNExecution", "NNData"]),
    module("NNCC", ["NNSource", "NNGraph", "NNElaboration", "NNSchedule", "NNData", "NNTraining"]),
    .plugin(name: "NNCCPlugin", capability: .buildTool(), dependencies: ["nncc"]),
    module("NNReport", ["NNData"], resources: [.embedInCode("Page")]),
    module(
      "NNCommands",
      [
        "NNSource", "NNSyntax", "NNGraph", "NNOperations", "NNElaboration", "NNSchedule", "NNQuantization", "NNEmission", "NNBindings",
        "NNExecution", "NNData", "NNInterchange", "NNTraining", "NNReport",
      ]),
    .executableTarget(name: "nncc", dependencies: ["NNCommands"], swiftSettings: strict),
    .executableTarget(name: "nnrun", dependencies: ["NNCommands"], swiftSettings: strict),

    tests(
      "NNEmissionTests",
      [
        "NNSource", "NNGraph", "NNOperations", "NNElaboration", "NNSchedule", "NNEmission", "NNAssembly", "NNExecution", "NNTestSupport",
      ]),
    tests("NNScheduleTests", ["NNGraph", "NNOperations", "NNSchedule", "NNTestSupport"]),
    tests("NNElaborationTests", ["NNSource", "NNSyntax", "NNGraph", "NNOperations", "NNElaboration", "NNTestSupport"]),
    tests("NNSyntaxTests", ["NNSource", "NNSyntax"]),
    .target(
      name: "NNTestSupport", dependencies: ["NNGraph", "NNOperations"], path: "Tests/NNTestSupport", swiftSettings: strict),
    tests("NNGraphTests", ["NNGraph", "NNOperations", "NNTestSupport"]),
    tests("NNOperationsTests", ["NNSource", "NNGraph", "NNOperations", "NNElaboration", "NNTestSupport"]),
    tests("NNExecutionTests", ["NNAssembly", "NNExecution"]),
    tests("NNInterchangeTests", ["NNSource", "NNGraph", "NNData", "NNElaboration", "NNInterchange", "NNTestSupport"]),
    tests("NNDataTests", ["NNData", "CZlib", "CPng"]),
    tests(
      "NNTrainingTests",
      [
        "NNSource", "NNGraph", "NNOperations", "NNElaboration", "NNSchedule", "NNQuantization", "NNEmission", "NNExecution", "NNData",
        "NNTraining", "NNTestSupport",
      ]),
    tests("NNQuantizationTests", ["NNGraph", "NNQuantization"]),
    tests("NNReportTests", ["NNData", "NNReport"]),
    tests("NNCCTests", ["NNCC"]),
    tests("NNCommandsTests", ["NNSource", "NNCommands"]),
    tests(
      "EndToEndTests",
      [
        "NNSource", "NNGraph", "NNOperations", "NNElaboration", "NNSchedule", "NNEmission", "NNAssembly", "NNExecution", "NNTestSupport",
      ]),
  ]
)
