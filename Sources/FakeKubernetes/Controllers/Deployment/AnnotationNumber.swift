/// A number from 0 to 2^31-1 in an annotation.
///
/// Source: `pkg/controller/deployment/util/deployment_util.go` getNonNegativeInt32FromAnnotation.
package enum AnnotationNumber {
  /// Why a text is no such number.
  package enum Fault: Error {
    /// Something other than digits; also a sign.
    case syntax
    /// Too large.
    case range
  }

  package static func read(_ text: String) -> Result<Int, Fault> {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return .failure(.syntax)
    }
    guard let value = Int32(text) else { return .failure(.range) }
    return .success(Int(value))
  }
}
