/// Where the fake did not do what a recording tells.
package struct FidelityDifference: Sendable {
  /// The facet, the timeline where a step was refused, or `*` for a recorded exchange.
  package var facet: String
  /// The first row that differs: expected, seen, and what came before.
  package var text: String

  package init(facet: String, text: String) {
    self.facet = facet
    self.text = text
  }
}
