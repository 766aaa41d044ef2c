internal import CInterpose
import Synchronization

#if compiler(>=6.3)
  @_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) import _Concurrency
#endif

/// Leads the jobs of Swift concurrency to the simulation that the enqueuing thread runs.
///
/// All knowledge of the toolchain lies here and in CInterpose. From Swift 6.3 on, the default
/// executor is replaced through the public factory; before, through the runtime's hooks.
enum JobRouter {
  /// Installs the routing once for the process; jobs outside simulations run as before.
  static func install() { _ = installed }

  /// Whether the toolchain let the routing be installed.
  static var isInstalled: Bool { installed }

  private static let installed: Bool = {
    andruck_install_sleep_hook { JobRouter.cancelSleep($1, of: $0) }
    #if compiler(>=6.3)
      _createExecutors(factory: SimulationExecutorFactory.self)
      return true
    #else
      return andruck_install_job_hooks(
        { context, job, time, isMain in
          guard let context, let job else { return }
          let simulation = Unmanaged<Simulation>.fromOpaque(context).takeUnretainedValue()
          JobRouter.accept(
            unsafeBitCast(job, to: UnownedJob.self), in: simulation, at: time, isMain: isMain)
        },
        { job in job.map { JobRouter.isEscape(unsafeBitCast($0, to: UnownedJob.self)) } ?? false })
    #endif
  }()

  /// Simulations that live, by number, so that a foreign thread can report to one.
  private static let living = Mutex<(last: UInt64, states: [UInt64: LivingState])>((0, [:]))

  private struct LivingState: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<andruck_simulation_state>
  }

  /// Makes a simulation known and returns its number.
  static func register(_ state: UnsafeMutablePointer<andruck_simulation_state>) -> UInt64 {
    let state = LivingState(pointer: state)
    return living.withLock { living in
      living.last += 1
      living.states[living.last] = state
      return living.last
    }
  }

  /// Forgets a simulation that ends.
  static func unregister(_ identifier: UInt64) {
    living.withLock { $0.states[identifier] = nil }
  }

  /// Puts a job on a simulation's queue; a negative time means at once.
  static func accept(
    _ job: UnownedJob, in simulation: Simulation, at nanoseconds: Int64, isMain: Bool = false
  ) {
    andruck_tag_job(unsafeBitCast(job, to: UnsafeMutableRawPointer.self), simulation.identifier)
    simulation.enqueue(
      isMain ? .mainJob(job) : .job(job),
      at: nanoseconds < 0 ? simulation.state.pointee.now_nanoseconds : nanoseconds)
  }

  /// Ends a sleep whose task was cancelled; on a thread that does not run its simulation, be it further
  /// out than another one, that is an escape.
  static func cancelSleep(_ number: Int32, of identifier: UInt64) {
    if let simulation = current, simulation.identifier == identifier {
      simulation.cancelSleep(number)
    } else if let simulation = simulationOfThisThread(identifier) {
      simulation.cancelSleep(number)
    } else {
      noteEscape(identifier)
    }
  }

  private static func simulationOfThisThread(_ identifier: UInt64) -> Simulation? {
    living.withLock { living in
      guard let state = living.states[identifier]?.pointer, andruck_simulation_is_mine(state),
        let context = state.pointee.context
      else { return nil }
      return Unmanaged<Simulation>.fromOpaque(context).takeUnretainedValue()
    }
  }

  /// Whether a job that a thread outside any simulation enqueues belongs to one.
  ///
  /// If so, the escape is noted and the job must not run: it would run outside virtual time.
  static func isEscape(_ job: UnownedJob) -> Bool {
    let tag = andruck_job_tag(unsafeBitCast(job, to: UnsafeMutableRawPointer.self))
    return tag != 0 && noteEscape(tag)
  }

  /// Notes an escape in a simulation if it lives; false if there never was one with this number.
  @discardableResult
  private static func noteEscape(_ identifier: UInt64) -> Bool {
    living.withLock { living in
      if identifier > living.last { return false }
      if let state = living.states[identifier] { andruck_note_escape(state.pointer) }
      return true
    }
  }

  /// Runs a job on this thread.
  ///
  /// The generic serial executor (an all-zero reference) is what a job without an executor of its
  /// own expects; any other makes the runtime enqueue it once more.
  static func perform(_ job: UnownedJob) {
    job.runSynchronously(on: unsafeBitCast((UInt(0), UInt(0)), to: UnownedSerialExecutor.self))
  }

  /// Runs a job of the main actor on this thread, which counts as the main actor's meanwhile.
  static func performOnMain(_ job: UnownedJob) {
    job.runSynchronously(on: MainActor.sharedUnownedExecutor)
  }

  /// The simulation that this thread runs.
  static var current: Simulation? {
    guard let context = andruck_simulation_current()?.pointee.context else { return nil }
    return Unmanaged<Simulation>.fromOpaque(context).takeUnretainedValue()
  }
}

#if compiler(>=6.3)
  /// Replaces the default executor of the process by the router.
  private struct SimulationExecutorFactory: ExecutorFactory {
    private static let router = RoutingExecutor()
    static var mainExecutor: any MainExecutor { PlatformExecutorFactory.mainExecutor }
    static var defaultExecutor: any TaskExecutor { router }
  }

  /// Hands a job to the simulation of the enqueuing thread, or to the platform.
  private final class RoutingExecutor: TaskExecutor, SchedulingExecutor, @unchecked Sendable {
    private let platform = PlatformExecutorFactory.defaultExecutor

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      if let simulation = JobRouter.current {
        JobRouter.accept(job, in: simulation, at: -1)
      } else if !JobRouter.isEscape(job) {
        platform.enqueue(job)
      }
    }

    func enqueue<C: Clock>(
      _ job: consuming ExecutorJob, after delay: C.Duration, tolerance: C.Duration?, clock: C
    ) {
      if let simulation = JobRouter.current, let delay = delay as? Duration {
        JobRouter.accept(
          UnownedJob(job), in: simulation, at: (simulation.now + delay).nanoseconds)
      } else if let platform = platform as? any SchedulingExecutor {
        platform.enqueue(job, after: delay, tolerance: tolerance, clock: clock)
      }
    }

    func enqueue<C: Clock>(
      _ job: consuming ExecutorJob, at instant: C.Instant, tolerance: C.Duration?, clock: C
    ) {
      if let simulation = JobRouter.current,
        let delay = clock.now.duration(to: instant) as? Duration
      {
        JobRouter.accept(
          UnownedJob(job), in: simulation, at: (simulation.now + delay).nanoseconds)
      } else if let platform = platform as? any SchedulingExecutor {
        platform.enqueue(job, at: instant, tolerance: tolerance, clock: clock)
      }
    }
  }
#endif
