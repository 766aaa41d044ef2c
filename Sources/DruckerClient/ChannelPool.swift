/// The connections of a client: the first that has room for a call, else another, else the least busy.
final class ChannelPool {
  private let channelsMax: Int
  private let make: () -> Channel
  @exclusivity(unchecked) private var channels: [Channel]

  init(channelsMax: Int, _ make: @escaping () -> Channel) {
    precondition(channelsMax > 0, "a pool of \(channelsMax) connections")
    self.channelsMax = channelsMax
    self.make = make
    channels = [make()]
  }

  /// The channel for the next call.
  func channel() -> Channel {
    if let channel = channels.first(where: { $0.hasRoom }) { return channel }
    guard channels.count < channelsMax, !isClosed else { return leastBusy }
    let channel = make()
    channels.append(channel)
    return channel
  }

  private(set) var isClosed = false

  func close(atOnce: Bool) {
    isClosed = true
    for channel in channels { channel.close(atOnce: atOnce) }
  }

  private var leastBusy: Channel {
    var best = channels[0]
    for channel in channels.dropFirst() where channel.load < best.load { best = channel }
    return best
  }
}
