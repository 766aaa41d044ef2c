package import JSON
import SQLite

extension DashboardStore {
  func insertEvaluation(
    application: Int, dataPath: String, at moment: WallTime
  ) throws -> EvaluationRecord {
    try database.execute(
      "INSERT INTO evaluations (application_id, data_path, registered) VALUES (?, ?, ?)",
      [.integer(application), .text(dataPath), .moment(moment)])
    return EvaluationRecord(
      id: database.lastInsertedKey, applicationID: application, dataPath: dataPath,
      registered: moment)
  }

  func evaluations(ofApplication application: Int) throws -> [EvaluationRecord] {
    try database.rows(
      "SELECT * FROM evaluations WHERE application_id = ? ORDER BY evaluation_id",
      [.integer(application)]
    ).map(evaluation)
  }

  func evaluation(_ id: Int) throws -> EvaluationRecord? {
    try database.row("SELECT * FROM evaluations WHERE evaluation_id = ?", [.integer(id)])
      .map(evaluation)
  }

  /// Keeps a result, in place of an earlier one of the same model and data.
  func insertResult(
    model: Int, evaluation: Int, resultPath: String, metrics: EvaluationMetrics,
    at moment: WallTime
  ) throws -> EvaluationResultRecord {
    try database.transaction {
      try database.execute(
        "DELETE FROM evaluation_results WHERE model_id = ? AND evaluation_id = ?",
        [.integer(model), .integer(evaluation)])
      try database.execute(
        """
        INSERT INTO evaluation_results (model_id, evaluation_id, result_path, metrics, registered)
        VALUES (?, ?, ?, ?, ?)
        """,
        [
          .integer(model), .integer(evaluation), .text(resultPath), .text(metrics.json.text()),
          .moment(moment),
        ])
      return EvaluationResultRecord(
        id: database.lastInsertedKey, modelID: model, evaluationID: evaluation,
        resultPath: resultPath, metrics: metrics, registered: moment)
    }
  }

  func result(_ id: Int) throws -> EvaluationResultRecord? {
    try database.row("SELECT * FROM evaluation_results WHERE result_id = ?", [.integer(id)])
      .map(result)
  }

  func result(model: Int, evaluation: Int) throws -> EvaluationResultRecord? {
    try database.row(
      "SELECT * FROM evaluation_results WHERE model_id = ? AND evaluation_id = ?",
      [.integer(model), .integer(evaluation)]
    ).map(result)
  }

  private func evaluation(_ row: SQLiteRow) throws -> EvaluationRecord {
    EvaluationRecord(
      id: try row.integer("evaluation_id"), applicationID: try row.integer("application_id"),
      dataPath: try row.text("data_path"), registered: try row.moment("registered"))
  }

  private func result(_ row: SQLiteRow) throws -> EvaluationResultRecord {
    EvaluationResultRecord(
      id: try row.integer("result_id"), modelID: try row.integer("model_id"),
      evaluationID: try row.integer("evaluation_id"), resultPath: try row.text("result_path"),
      metrics: EvaluationMetrics(json: try JSONValue(parsing: try row.text("metrics"))),
      registered: try row.moment("registered"))
  }
}

extension EvaluationMetrics {
  /// The summary as the REST interface has it.
  package var json: JSONValue {
    [
      "num": JSONValue(count), "accuracy": .number(accuracy), "precision": array(precision),
      "recall": array(recall), "fvalue": array(fvalue), "option": .object(option),
    ]
  }

  init(json: JSONValue) {
    func numbers(_ name: String) -> [Double] {
      json[name]?.arrayValue?.map { $0.doubleValue ?? .nan } ?? []
    }
    self.init(
      count: json["num"]?.intValue ?? 0, accuracy: json["accuracy"]?.doubleValue ?? 0,
      precision: numbers("precision"), recall: numbers("recall"), fvalue: numbers("fvalue"),
      option: json["option"]?.objectValue ?? JSONObject())
  }

  private func array(_ numbers: [Double]) -> JSONValue { .array(numbers.map { .number($0) }) }
}
