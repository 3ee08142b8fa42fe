internal import Glibc

/// Pictures as an upload of an earlier version left them: neither inspected nor with previews.
package enum Undecoded {
  /// A script that forgets all inspections.
  package static let script = """
    delete from likeness;
    update blob
    set inspected_at = null, declared = null, fault = null, frames = null, has_position = null,
      sharpness = null, shadow = null, highlight = null, entropy = null, colour = null,
      stored_rows = null, missing_rows = null
    """

  /// Runs uploads in a store that refuses their previews, so that a worker must make them.
  package static func withoutPreviews<Result>(
    in store: String, _ upload: () throws -> Result
  ) throws -> Result {
    let folder = "\(store)/previews"
    guard rename(folder, folder + ".away") == 0 else { throw Missing(description: folder) }
    try Files.write(folder, [])
    defer {
      unlink(folder)
      rename(folder + ".away", folder)
    }
    return try upload()
  }
}
