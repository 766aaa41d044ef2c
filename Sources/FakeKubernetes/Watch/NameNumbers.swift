/// Numbers for names of nodes or zones, so that what is known of them lies in arrays.
final class NameNumbers {
  @exclusivity(unchecked) private var numbers: [String: Int] = [:]
  @exclusivity(unchecked) private var last = (name: "", number: 0)

  /// The number of a name, the same whenever it is asked for; 0 for the empty one.
  func number(_ name: String) -> Int {
    if name.isEmpty { return 0 }
    if name == last.name { return last.number }
    let number: Int
    if let known = numbers[name] {
      number = known
    } else {
      number = numbers.count + 1
      numbers[name] = number
    }
    last = (name, number)
    return number
  }
}
