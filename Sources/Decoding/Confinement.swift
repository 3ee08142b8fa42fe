internal import CVips

/// The sandbox of assay-decode; see confine.c.
package enum Confinement {
  /// Limits the address space in bytes and the CPU time in seconds; false when that fails.
  package static func enter(addressSpaceBytes: UInt64, cpuSeconds: UInt32) -> Bool {
    confine_process(addressSpaceBytes) == 0 && confine_file(cpuSeconds, 0) == 0
  }
}
