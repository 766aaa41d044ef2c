/// A source of traffic in a world.
protocol TrafficSending: AnyObject {
  /// Calls that were made, those of aggregated arrivals not counted.
  var callCount: Int { get }
  /// Puts the first request on the event queue.
  func start()
  /// Sends nothing any more; what was sent is answered.
  func stop()
  /// Says which model answered a request; other sources' requests are none of its business.
  func answered(_ requestID: String, by model: String)
}
