/// Amounts of resources: CPU in millicores, the others in their unit (bytes, pieces).
///
/// What nearly every pod asks for has a place of its own, so that adding up needs no dictionary.
package struct ResourceAmounts: Equatable, Sendable, ExpressibleByDictionaryLiteral {
  package var cpu: Int64 = 0
  package var memory: Int64 = 0
  package var ephemeralStorage: Int64 = 0
  /// The rest by name; none of them is 0.
  private var others: [String: Int64] = [:]

  package init() {}

  package init(dictionaryLiteral elements: (String, Int64)...) {
    for (name, amount) in elements { self[name] = amount }
  }

  /// The amount of that name, 0 if there is none.
  package subscript(name: String) -> Int64 {
    get {
      switch name {
      case "cpu": cpu
      case "memory": memory
      case "ephemeral-storage": ephemeralStorage
      default: others[name] ?? 0
      }
    }
    set {
      switch name {
      case "cpu": cpu = newValue
      case "memory": memory = newValue
      case "ephemeral-storage": ephemeralStorage = newValue
      default: others[name] = newValue == 0 ? nil : newValue
      }
    }
  }

  /// Names of resources but for CPU, memory and ephemeral storage, sorted.
  package var otherNames: [String] { others.isEmpty ? [] : others.keys.sorted() }

  /// Names of all resources that are not 0: CPU, memory, ephemeral storage, then sorted.
  package var names: [String] {
    var names: [String] = []
    if cpu != 0 { names.append("cpu") }
    if memory != 0 { names.append("memory") }
    if ephemeralStorage != 0 { names.append("ephemeral-storage") }
    return names + otherNames
  }

  /// Adds other amounts `sign` times.
  package mutating func add(_ amounts: ResourceAmounts, sign: Int64 = 1) {
    cpu += sign * amounts.cpu
    memory += sign * amounts.memory
    ephemeralStorage += sign * amounts.ephemeralStorage
    if amounts.others.isEmpty { return }
    for (name, amount) in amounts.others { self[name] += sign * amount }
  }

  /// Takes the larger one of each amount.
  package mutating func takeLarger(_ amounts: ResourceAmounts) {
    cpu = max(cpu, amounts.cpu)
    memory = max(memory, amounts.memory)
    ephemeralStorage = max(ephemeralStorage, amounts.ephemeralStorage)
    for (name, amount) in amounts.others { self[name] = max(self[name], amount) }
  }
}
