internal import CVips

/// The sandbox of assay-decode, whatever it does: see confine.c.
package enum Confinement {
  /// Gives up all but so many bytes of address space and CPU seconds; false when that fails.
  package static func enter(addressSpaceBytes: UInt64, cpuSeconds: UInt32) -> Bool {
    confine_process(addressSpaceBytes) == 0 && confine_file(cpuSeconds, 0) == 0
  }
}
