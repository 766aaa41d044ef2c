package import KubernetesAPI
package import SQLite

/// What the dashboard does, without its REST interface and its pages.
///
/// Operations that only need the database or a cluster answer at once; those that call a worker
/// answer through a completion, which is called once. For one thread.
package final class Dashboard {
  /// The completion of an operation.
  package typealias Completion<Value> = (Result<Value, DashboardError>) -> Void

  let store: DashboardStore
  let workers: any WorkerCalling
  private let connect: (KubernetesCluster) -> (any KubernetesClient)?
  private let secondsSince1970: () -> Int64

  /// Makes a dashboard on a database, whose tables it makes where they are missing.
  /// - Parameters:
  ///   - database: holds everything that the dashboard knows.
  ///   - workers: calls workers.
  ///   - secondsSince1970: the wall clock.
  ///   - connect: gives a cluster's API; nil where it cannot be reached.
  package init(
    database: SQLiteDatabase, workers: any WorkerCalling,
    secondsSince1970: @escaping () -> Int64,
    connect: @escaping (KubernetesCluster) -> (any KubernetesClient)?
  ) throws(DashboardError) {
    do {
      store = try DashboardStore(database)
    } catch {
      throw DashboardError(code: .database, message: "\(error)")
    }
    self.workers = workers
    self.secondsSince1970 = secondsSince1970
    self.connect = connect
  }

  var now: WallTime { WallTime(secondsSince1970: secondsSince1970()) }

  /// Runs a piece of work on the database in the dashboard's own words for errors.
  func data<Value>(_ body: () throws -> Value) throws(DashboardError) -> Value {
    do {
      return try body()
    } catch let error as DashboardError {
      throw error
    } catch {
      throw DashboardError(code: .database, message: "\(error)")
    }
  }

  /// The row of a number, or the error that there is none.
  func existing<Value>(
    _ what: String, _ id: Int, _ read: () throws -> Value?
  ) throws(DashboardError) -> Value {
    guard let value = try data(read) else { throw .notFound(what, id) }
    return value
  }

  func access(_ cluster: KubernetesCluster) throws(DashboardError) -> ClusterAccess {
    guard let client = connect(cluster) else {
      throw DashboardError(
        code: .kubernetes, message: "the cluster \(cluster.settings.name) cannot be reached")
    }
    return ClusterAccess(client: client)
  }

  /// Answers with what the body returns or throws.
  func answer<Value>(
    _ done: @escaping Completion<Value>, _ body: () throws(DashboardError) -> Value
  ) {
    do throws(DashboardError) {
      done(.success(try body()))
    } catch {
      done(.failure(error))
    }
  }
}
