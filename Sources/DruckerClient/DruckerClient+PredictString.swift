public import DruckerProtocol
import Protobuf

/// Predictions from a text, awaited; a failed call throws its `GRPCStatus`.
extension DruckerClient {
  /// Calls `Predict_String_String`.
  public func predictStringString(
    _ input: String, option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.StringOutput {
    let requests = [Drucker.StringInput(input: input, option: Self.option(option))]
    return try await reply {
      single(.predict(input: .string, output: .string), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_String_Bytes`; the answer is streamed.
  public func predictStringBytes(
    _ input: String, option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> [Drucker.BytesOutput] {
    let requests = [Drucker.StringInput(input: input, option: Self.option(option))]
    return try await reply {
      stream(.predict(input: .string, output: .bytes), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_String_ArrInt`.
  public func predictStringArrInt(
    _ input: String, option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ArrIntOutput {
    let requests = [Drucker.StringInput(input: input, option: Self.option(option))]
    return try await reply {
      single(.predict(input: .string, output: .arrInt), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_String_ArrFloat`.
  public func predictStringArrFloat(
    _ input: String, option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ArrFloatOutput {
    let requests = [Drucker.StringInput(input: input, option: Self.option(option))]
    return try await reply {
      single(
        .predict(input: .string, output: .arrFloat), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_String_ArrString`.
  public func predictStringArrString(
    _ input: String, option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ArrStringOutput {
    let requests = [Drucker.StringInput(input: input, option: Self.option(option))]
    return try await reply {
      single(
        .predict(input: .string, output: .arrString), requests, options: options, completion: $0)
    }
  }
}
