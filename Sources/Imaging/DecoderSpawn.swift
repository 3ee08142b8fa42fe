extension DecoderChild {
  /// Starts assay-decode and waits until it is ready; nil when it died before.
  /// - Throws: `unavailable` when it cannot be started, or says nothing in time.
  static func spawn(_ executable: String, _ limits: DecodeLimits) throws(DecodeFailure)
    -> DecoderChild?
  {
    let started = try ConfinedProgram.start([executable, "\(limits.addressSpaceBytes)"])
    let child = DecoderChild(identifier: started.identifier, socket: started.socket)
    switch child.readiness(before: Deadline(after: limits.wallMilliseconds)) {
    case .answered(.ready, _): return child
    case .late:
      child.end()
      throw .unavailable("\(executable) did not become ready.")
    case .answered, .unsent, .died:
      child.end()
      return nil
    }
  }
}
