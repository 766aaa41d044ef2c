public import DruckerProtocol
import Protobuf

/// Predictions from numbers, awaited; a failed call throws its `GRPCStatus`.
extension DruckerClient {
  /// Calls `Predict_ArrFloat_String`.
  public func predictArrFloatString(
    _ input: [Float], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.StringOutput {
    let requests = [Drucker.ArrFloatInput(input: input, option: Self.option(option))]
    return try await reply {
      single(
        .predict(input: .arrFloat, output: .string), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_ArrFloat_Bytes`; the answer is streamed.
  public func predictArrFloatBytes(
    _ input: [Float], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> [Drucker.BytesOutput] {
    let requests = [Drucker.ArrFloatInput(input: input, option: Self.option(option))]
    return try await reply {
      stream(.predict(input: .arrFloat, output: .bytes), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_ArrFloat_ArrInt`.
  public func predictArrFloatArrInt(
    _ input: [Float], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ArrIntOutput {
    let requests = [Drucker.ArrFloatInput(input: input, option: Self.option(option))]
    return try await reply {
      single(
        .predict(input: .arrFloat, output: .arrInt), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_ArrFloat_ArrFloat`.
  public func predictArrFloatArrFloat(
    _ input: [Float], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ArrFloatOutput {
    let requests = [Drucker.ArrFloatInput(input: input, option: Self.option(option))]
    return try await reply {
      single(
        .predict(input: .arrFloat, output: .arrFloat), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_ArrFloat_ArrString`.
  public func predictArrFloatArrString(
    _ input: [Float], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ArrStringOutput {
    let requests = [Drucker.ArrFloatInput(input: input, option: Self.option(option))]
    return try await reply {
      single(
        .predict(input: .arrFloat, output: .arrString), requests, options: options, completion: $0)
    }
  }
}
