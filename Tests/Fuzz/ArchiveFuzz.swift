// ZIP archives: the walk ends, and sends only packets that its reader accepts from a sound child.
// Input: the archive.

internal import Glibc
internal import Imaging

nonisolated(unsafe) var sink = 0

let limits = ArchiveLimits(entries: 100, totalBytes: 4 << 20, entryBytes: 1 << 20)

/// The input as a file, because the walk reads through a mapping.
let file: Int32 = {
  var path = Array("/tmp/assay-fuzz-XXXXXX".utf8CString)
  let file = mkstemp(&path)
  unlink(path)
  return file
}()

@_cdecl("LLVMFuzzerTestOneInput")
package func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard ftruncate(file, 0) == 0, pwrite(file, start, count, 0) == count,
    let window = FileWindow(file)
  else { return 0 }
  var transcript = ArchiveTranscript(limits, archiveBytes: count)
  var isOver = false
  var walk = ArchiveWalk(window, limits) { packet in
    precondition(!isOver, "the walk speaks on behind its end")
    do throws(DecodeFailure) {
      isOver = try transcript.take(packet) == nil || transcript.isOver
      sink &+= 1
    } catch {
      precondition(error != .crashed, "a sound walk is taken for a broken one")
      isOver = true
    }
    return true
  }
  precondition(walk.run(), "somebody listened")
  precondition(isOver, "the walk ends without a word")
  return 0
}
