import NNSchedule

/// A parameter of a kernel's function: what the caller passes, and how it is declared.
struct KernelParameter: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case n, stream, scratch
    /// A tensor, from the given element on.
    case region(Region, from: Int)
    case scalar(Int)
    /// The address of a number that a sink writes.
    case target(Int)
    /// Where the argument begins that holds the region.
    case base(Region)
    /// The array of the trainer's reports.
    case reports
    /// Arrays of these.
    case scalars([Int])
    case targets([Int])
  }

  var kind: Kind
  var declaration: String
}

/// What a kernel is given, and what it calls that.
///
/// Each tensor is a pointer of its own, each scalar a number. Compilers take only so many parameters, so a kernel that needs very many gets the
/// arguments that hold the tensors, and arrays of numbers.
struct KernelParameterList {
  var parameters: [KernelParameter] = []
  /// Whether whole arguments are passed instead of the tensors in them.
  private(set) var hasBases = false
  private(set) var pointers: [Region: String] = [:]
  /// The first element of each tensor that the kernel touches: pointers begin there, so that kernels that do the same to different parts are the same.
  private(set) var origins: [Region: Int] = [:]
  private(set) var scalars: [Int: String] = [:]
  private(set) var targets: [Int: String] = [:]
  private let entry: EntryScope

  init(_ entry: EntryScope, _ kernel: Kernel, names: inout NameAllocator, scalarNames: (Int) -> String) {
    self.entry = entry
    if kernel.usesBatch { parameters.append(KernelParameter(kind: .n, declaration: "int n")) }
    let (regions, written) = Self.regions(kernel)
    let (scalars, sinks) = (Self.scalars(kernel), Self.scalarSinks(kernel))
    if regions.count + scalars.count + sinks.count > Kernel.mostParameters {
      hasBases = true
      addBases(regions, &names)
      addArrays(scalars, sinks.map(\.id), &names)
    } else {
      addRegions(regions, written, &names)
      addOrigins(kernel)
      addScalars(scalars, sinks, scalarNames, &names)
    }
    if kernel.draws { parameters.append(KernelParameter(kind: .stream, declaration: "unsigned long long stream")) }
  }

  // MARK: What a kernel needs

  /// What is only read comes first.
  private static func regions(_ kernel: Kernel) -> (ordered: [Region], written: Set<Region>) {
    let product = kernel.product.map { [$0.a, $0.b] } ?? []
    let written = kernel.targets.map { Region($0.buffer) }
    let writtenSet = Set(written)
    let read = (product + kernel.readAccesses).map { Region($0.buffer) }.filter { !writtenSet.contains($0) }
    var seen: Set<Region> = []
    let ordered = (read + written).filter { region in
      if case .literal = region { return false }
      return seen.insert(region).inserted
    }
    return (ordered, writtenSet)
  }

  private static func scalars(_ kernel: Kernel) -> [Int] {
    let operands = kernel.statements.flatMap(\.operands) + kernel.sinks.map(\.operand) + kernel.stores.map(\.operand)
    var seen: Set<Int> = []
    return operands.compactMap { operand in
      guard case .scalar(let id) = operand, seen.insert(id).inserted else { return nil }
      return id
    }
  }

  private static func scalarSinks(_ kernel: Kernel) -> [(id: Int, name: String?)] {
    kernel.sinks.compactMap { sink in
      guard case .scalar(let id) = sink.target else { return nil }
      return (id, sink.name)
    }
  }

  // MARK: One parameter each

  /// What is overwritten in place is one pointer: compilers then see that each element is read before it is written.
  private mutating func addRegions(_ regions: [Region], _ written: Set<Region>, _ names: inout NameAllocator) {
    var places: [(home: Region, all: [Region])] = []
    for region in regions {
      if let index = places.firstIndex(where: { entry.isSamePlace($0.home, region) }) {
        places[index].all.append(region)
      } else {
        places.append((region, [region]))
      }
    }
    for (home, all) in places {
      let name = names.allocate(entry.wantedName(home))
      for region in all { pointers[region] = name }
      let isShared = regions.contains { other in !all.contains(other) && all.contains { entry.overlap($0, other) } }
      let isConstant = written.isDisjoint(with: all)
      let type = "\(isConstant ? "const " : "")\(entry.elementType(home)) *\(isShared ? "" : "restrict ")"
      parameters.append(KernelParameter(kind: .region(home, from: 0), declaration: type + name))
    }
  }

  /// Pointers begin at the first element that the kernel touches.
  private mutating func addOrigins(_ kernel: Kernel) {
    let product = kernel.product.map { [$0.a, $0.b] } ?? []
    var first: [String: Int] = [:]
    for access in product + kernel.readAccesses + kernel.targets {
      guard let name = pointers[Region(access.buffer)] else { continue }
      first[name] = min(first[name] ?? access.offset, access.offset)
    }
    origins = pointers.compactMapValues { first[$0] }
    for index in parameters.indices {
      guard case .region(let region, _) = parameters[index].kind else { continue }
      parameters[index].kind = .region(region, from: origins[region] ?? 0)
    }
  }

  private mutating func addScalars(
    _ ids: [Int], _ sinks: [(id: Int, name: String?)], _ scalarNames: (Int) -> String, _ names: inout NameAllocator
  ) {
    let real = entry.program.real
    for id in ids {
      let name = names.allocate(scalarNames(id))
      scalars[id] = name
      parameters.append(KernelParameter(kind: .scalar(id), declaration: "const \(real) \(name)"))
    }
    for sink in sinks {
      let name = names.allocate(sink.name ?? "sum")
      targets[sink.id] = name
      parameters.append(KernelParameter(kind: .target(sink.id), declaration: "\(real) *restrict \(name)"))
    }
  }

  // MARK: Few parameters for many things

  private mutating func addBases(_ regions: [Region], _ names: inout NameAllocator) {
    var bases: [EntryArgument?: String] = [:]
    var reports: String?
    for region in regions {
      if case .report(let index) = region {
        if reports == nil {
          let name = names.allocate(EntryScope.reports)
          parameters.append(KernelParameter(kind: .reports, declaration: EntryScope.reportsType + name))
          reports = name
        }
        pointers[region] = reports.map { entry.program.report(index, of: $0) }
        continue
      }
      if let argument = region.argument, argument.fixedName == nil {
        addRegions([region], entry.isConstant(region) ? [] : [region], &names)
        continue
      }
      let name = bases[region.argument] ?? names.allocate(region.argument.map { "all_" + entry.name($0) } ?? "buffers")
      if bases.updateValue(name, forKey: region.argument) == nil {
        let type = "\(entry.isConstant(region) ? "const " : "")\(entry.program.real) *"
        parameters.append(KernelParameter(kind: .base(region), declaration: type + name))
      }
      let offset = entry.offset(region)
      pointers[region] = offset == 0 ? name : "(\(name) + \(offset))"
    }
  }

  private mutating func addArrays(_ ids: [Int], _ sinks: [Int], _ names: inout NameAllocator) {
    let real = entry.program.real
    if !ids.isEmpty {
      let name = names.allocate("scalars")
      parameters.append(KernelParameter(kind: .scalars(ids), declaration: "const \(real) *restrict \(name)"))
      for (index, id) in ids.enumerated() { scalars[id] = "\(name)[\(index)]" }
    }
    if !sinks.isEmpty {
      let name = names.allocate("sums")
      parameters.append(KernelParameter(kind: .targets(sinks), declaration: "\(real) *restrict \(name)"))
      for (index, id) in sinks.enumerated() { targets[id] = "(\(name) + \(index))" }
    }
  }
}
