public import DruckerProtocol
import Protobuf

/// Predictions from texts, awaited; a failed call throws its `GRPCStatus`.
extension DruckerClient {
  /// Calls `Predict_ArrString_String`.
  public func predictArrStringString(
    _ input: [String], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.StringOutput {
    let requests = [Drucker.ArrStringInput(input: input, option: Self.option(option))]
    return try await reply {
      single(
        .predict(input: .arrString, output: .string), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_ArrString_Bytes`; the answer is streamed.
  public func predictArrStringBytes(
    _ input: [String], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> [Drucker.BytesOutput] {
    let requests = [Drucker.ArrStringInput(input: input, option: Self.option(option))]
    return try await reply {
      stream(
        .predict(input: .arrString, output: .bytes), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_ArrString_ArrInt`.
  public func predictArrStringArrInt(
    _ input: [String], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ArrIntOutput {
    let requests = [Drucker.ArrStringInput(input: input, option: Self.option(option))]
    return try await reply {
      single(
        .predict(input: .arrString, output: .arrInt), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_ArrString_ArrFloat`.
  public func predictArrStringArrFloat(
    _ input: [String], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ArrFloatOutput {
    let requests = [Drucker.ArrStringInput(input: input, option: Self.option(option))]
    return try await reply {
      single(
        .predict(input: .arrString, output: .arrFloat), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_ArrString_ArrString`.
  public func predictArrStringArrString(
    _ input: [String], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ArrStringOutput {
    let requests = [Drucker.ArrStringInput(input: input, option: Self.option(option))]
    return try await reply {
      single(
        .predict(input: .arrString, output: .arrString), requests, options: options, completion: $0)
    }
  }
}
