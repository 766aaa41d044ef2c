public import DruckerProtocol
import Protobuf

/// Predictions from integers, awaited; a failed call throws its `GRPCStatus`.
extension DruckerClient {
  /// Calls `Predict_ArrInt_String`.
  public func predictArrIntString(
    _ input: [Int32], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.StringOutput {
    let requests = [Drucker.ArrIntInput(input: input, option: Self.option(option))]
    return try await reply {
      single(.predict(input: .arrInt, output: .string), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_ArrInt_Bytes`; the answer is streamed.
  public func predictArrIntBytes(
    _ input: [Int32], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> [Drucker.BytesOutput] {
    let requests = [Drucker.ArrIntInput(input: input, option: Self.option(option))]
    return try await reply {
      stream(.predict(input: .arrInt, output: .bytes), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_ArrInt_ArrInt`.
  public func predictArrIntArrInt(
    _ input: [Int32], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ArrIntOutput {
    let requests = [Drucker.ArrIntInput(input: input, option: Self.option(option))]
    return try await reply {
      single(.predict(input: .arrInt, output: .arrInt), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_ArrInt_ArrFloat`.
  public func predictArrIntArrFloat(
    _ input: [Int32], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ArrFloatOutput {
    let requests = [Drucker.ArrIntInput(input: input, option: Self.option(option))]
    return try await reply {
      single(
        .predict(input: .arrInt, output: .arrFloat), requests, options: options, completion: $0)
    }
  }

  /// Calls `Predict_ArrInt_ArrString`.
  public func predictArrIntArrString(
    _ input: [Int32], option: String = "{}",
    options: DruckerCallOptions = DruckerCallOptions()
  ) async throws -> Drucker.ArrStringOutput {
    let requests = [Drucker.ArrIntInput(input: input, option: Self.option(option))]
    return try await reply {
      single(
        .predict(input: .arrInt, output: .arrString), requests, options: options, completion: $0)
    }
  }
}
