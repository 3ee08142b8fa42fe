internal import CCrypto

/// Unpredictable bytes from libcrypto's generator.
package enum Random {
  /// That many random bytes.
  package static func bytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      // RAND_bytes fails only when the kernel gives no entropy; no key may be made then.
      precondition(RAND_bytes(buffer.baseAddress, Int32(count)) == 1, "no entropy")
      filled = count
    }
  }
}
