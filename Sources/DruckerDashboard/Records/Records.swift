package import JSON

/// An application: services, models and evaluations under one name.
package struct Application: Sendable, Equatable {
  /// The dashboard's number of it.
  package var id: Int
  /// Its name, used once in a cluster.
  package var name: String
  /// The cluster that it runs on; nil for one that was added by its host.
  package var clusterID: Int?
  /// A memo.
  package var description: String
  /// When it was first seen.
  package var registered: WallTime
  /// When it was last found running.
  package var confirmed: WallTime
}

/// One deployed service of an application at a service level.
package struct ServiceRecord: Sendable, Equatable {
  /// The dashboard's number of it.
  package var id: Int
  /// The application that it serves.
  package var applicationID: Int
  /// `<application>-<level>-<yyyyMMddHHmmss>`.
  package var name: String
  /// What people call it.
  package var displayName: String
  /// Its service level, which is the namespace of its objects.
  package var serviceLevel: String
  /// The model that it was last switched to; nil until then.
  package var modelID: Int?
  /// The host that clients call.
  package var host: String
  /// A memo.
  package var description: String
  /// When it was first seen.
  package var registered: WallTime
  /// When it was last found running.
  package var confirmed: WallTime
  /// When it was last changed.
  package var updated: WallTime
}

/// A model that was uploaded for an application.
package struct ModelRecord: Sendable, Equatable {
  /// The dashboard's number of it.
  package var id: Int
  /// The application that it belongs to.
  package var applicationID: Int
  /// 1 for the application's first model, one more for each later one; never used again.
  package var version: Int
  /// The file's name in the application's folder.
  package var path: String
  /// A memo.
  package var description: String
  /// When it was uploaded.
  package var registered: WallTime
}

/// A set of data to evaluate an application's models with.
package struct EvaluationRecord: Sendable, Equatable {
  /// The dashboard's number of it.
  package var id: Int
  /// The application that it belongs to.
  package var applicationID: Int
  /// The file's name in the application's folder.
  package var dataPath: String
  /// When it was uploaded.
  package var registered: WallTime
}

/// How a model did on a set of data.
package struct EvaluationResultRecord: Sendable, Equatable {
  /// The dashboard's number of it.
  package var id: Int
  /// The model that was evaluated.
  package var modelID: Int
  /// The data that it was evaluated with.
  package var evaluationID: Int
  /// Where the worker keeps the details.
  package var resultPath: String
  /// The summary.
  package var metrics: EvaluationMetrics
  /// When it was evaluated.
  package var registered: WallTime
}

/// The summary of an evaluation.
package struct EvaluationMetrics: Sendable, Equatable {
  /// How many items were evaluated.
  package var count: Int
  /// The share of right answers.
  package var accuracy: Double
  /// Precision by label.
  package var precision: [Double]
  /// Recall by label.
  package var recall: [Double]
  /// F-measure by label.
  package var fvalue: [Double]
  /// What else the predictor measured, by name.
  package var option: JSONObject

  package init(
    count: Int, accuracy: Double, precision: [Double], recall: [Double], fvalue: [Double],
    option: JSONObject = JSONObject()
  ) {
    self.count = count
    self.accuracy = accuracy
    self.precision = precision
    self.recall = recall
    self.fvalue = fvalue
    self.option = option
  }
}
