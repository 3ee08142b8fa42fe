internal import CLinux
internal import Glibc

/// A prepared process of assay-decode that forks children; it reads no file.
///
/// A fork costs a tenth of a program start. All children of one zygote have the same address
/// space layout, so a leak in one child reveals that of the others; no child has another's bytes.
final class DecoderZygote: Sendable {
  private let process: DecoderChild

  /// Starts it; the first child waits until it is prepared.
  init(_ executable: String, _ limits: DecodeLimits) throws(DecodeFailure) {
    let started = try ConfinedProgram.start(
      [executable, "\(limits.addressSpaceBytes)"], isBound: true)
    process = DecoderChild(identifier: started.identifier, socket: started.socket)
  }

  deinit { process.end() }

  /// Its process identifier.
  var identifier: Int32 { process.identifier }

  /// Forks a child and waits until it is ready; nil when it or the zygote ended before.
  func fork(before deadline: Deadline) throws(DecodeFailure) -> DecoderChild? {
    var pair: [Int32] = [-1, -1]
    guard descriptors_pair(&pair) == 0 else {
      throw .unavailable("There is no socket for a decoder: \(String(cString: strerror(errno))).")
    }
    let isTaken = process.send([0], with: pair[1])
    // Only the child may keep it open, so that the stream ends with the child.
    close(pair[1])
    guard isTaken else {
      close(pair[0])
      return nil
    }
    return DecoderChild.born(pair[0], before: deadline)
  }
}
