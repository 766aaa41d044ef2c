public import DruckerProtocol
import Protobuf

/// Predictions from bytes, awaited; a failed call throws its `GRPCStatus`.
extension DruckerClient {
  /// Calls `Predict_Bytes_String`.
  public func predictBytesString(
    _ input: [UInt8], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.StringOutput {
    let requests = [Drucker.BytesInput(input: input, option: Self.option(option))]
    return try await reply {
      single(.predict(input: .bytes, output: .string), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_Bytes_Bytes`; each input is answered in turn.
  public func predictBytesBytes(
    _ inputs: [[UInt8]], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> [Drucker.BytesOutput] {
    let requests = inputs.map { Drucker.BytesInput(input: $0, option: Self.option(option)) }
    return try await reply {
      stream(.predict(input: .bytes, output: .bytes), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_Bytes_ArrInt`.
  public func predictBytesArrInt(
    _ input: [UInt8], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ArrIntOutput {
    let requests = [Drucker.BytesInput(input: input, option: Self.option(option))]
    return try await reply {
      single(.predict(input: .bytes, output: .arrInt), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_Bytes_ArrFloat`.
  public func predictBytesArrFloat(
    _ input: [UInt8], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ArrFloatOutput {
    let requests = [Drucker.BytesInput(input: input, option: Self.option(option))]
    return try await reply {
      single(.predict(input: .bytes, output: .arrFloat), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_Bytes_ArrString`.
  public func predictBytesArrString(
    _ input: [UInt8], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ArrStringOutput {
    let requests = [Drucker.BytesInput(input: input, option: Self.option(option))]
    return try await reply {
      single(
        .predict(input: .bytes, output: .arrString), requests, options: options, completion: $0)
    }
  }
}
