/// The table that says which model each service loads.
///
/// Calls return at once; what they cost in time is part of their outcome.
public protocol AssignmentStoring: AnyObject {
  /// The service's row, nil where it has none.
  func read(service: String) -> AssignmentOutcome<Assignment?>

  /// The service's row, created with `firstBoot` true for this model where there was none.
  func createIfMissing(service: String, modelPath: String) -> AssignmentOutcome<Assignment>

  /// Writes the service's row, new or not, and returns it.
  func assign(
    service: String, modelPath: String, firstBoot: Bool
  ) -> AssignmentOutcome<Assignment>

  /// All rows, by service name.
  func list() -> AssignmentOutcome<[Assignment]>
}
