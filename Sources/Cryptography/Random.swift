internal import CCrypto

/// Unpredictable bytes from libcrypto's generator.
package enum Random {
  /// Returns `count` random bytes.
  package static func bytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      // RAND_bytes fails only when the kernel has no entropy; then no key may be made.
      precondition(RAND_bytes(buffer.baseAddress, Int32(count)) == 1, "no entropy")
      filled = count
    }
  }
}
