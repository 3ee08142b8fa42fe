internal import Glibc

/// A POSIX thread with a stack of a chosen size.
struct Thread: Sendable {
  private let handle: pthread_t

  private final class Start {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  init(stackKilobytes: Int, _ body: @escaping @Sendable () -> Void) {
    let start = Unmanaged.passRetained(Start(body))
    var handle: pthread_t = 0
    let outcome = withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { room in
      let attributes = room.baseAddress
      guard let attributes, pthread_attr_init(attributes) == 0 else { return ENOMEM }
      defer { pthread_attr_destroy(attributes) }
      pthread_attr_setstacksize(attributes, stackKilobytes * 1024)
      return pthread_create(&handle, attributes, Self.main, start.toOpaque())
    }
    precondition(outcome == 0, "no thread for the pool")
    self.handle = handle
  }

  func join() { pthread_join(handle, nil) }

  private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
    if let start = $0 { Unmanaged<Start>.fromOpaque(start).takeRetainedValue().body() }
    return nil
  }
}
