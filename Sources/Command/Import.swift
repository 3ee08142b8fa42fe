internal import ArgumentParser
internal import Assay
internal import Glibc
internal import Site
internal import Storage

/// Imports a directory of pictures into a request.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Import the pictures of a directory into a request; safe to run again.",
    discussion: """
      Imports JPEG, PNG, WebP, TIFF, GIF and BMP. Run it on the host of the store, as a user who \
      may connect to the database as its owner.
      """)

  @Argument(help: "The request's id.") var request: String
  @Argument(help: "The directory, read with all its subdirectories.") var directory: String

  func run() throws {
    let files = try FileTree.files(below: HostPath(directory))
    let site = try Site(Config())
    defer { site.stop() }
    try site.watch.expect(Owner.connection())
    let importer = try Importer(site, project: request)
    var (added, skipped, refused) = (0, 0, 0)
    for (index, file) in files.enumerated() {
      switch try importer.take(file) {
      case .added: added += 1
      case .skipped: skipped += 1
      case .refused(let reason):
        refused += 1
        ProgressBar.clear()
        print("\(file.text): \(reason)")
      }
      ProgressBar.show(done: index + 1, of: files.count)
    }
    ProgressBar.clear()
    print("\(added) added, \(skipped) already there, \(refused) refused")
  }
}

/// Lists the regular files below a directory, sorted.
enum FileTree {
  static func files(below directory: HostPath) throws -> [HostPath] {
    guard let stream = directory.withCString(opendir) else {
      throw Refusal("\(directory.text) cannot be read.")
    }
    defer { closedir(stream) }
    var files: [HostPath] = []
    while let entry = readdir(stream) {
      // Skips hidden files and the directory itself.
      guard entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) else { continue }
      let path = withUnsafeBytes(of: &entry.pointee.d_name) { directory.appending($0) }
      var status = stat()
      // Links are not followed, because they may lead out of the directory or form a cycle.
      guard path.withCString({ lstat($0, &status) }) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: files += try self.files(below: path)
      case S_IFREG: files.append(path)
      default: break
      }
    }
    return files.sorted { $0 < $1 }
  }
}

/// A progress bar, shown only on a terminal.
enum ProgressBar {
  private static let width = 40

  static func show(done: Int, of total: Int) {
    guard isatty(2) == 1 else { return }
    let filled = total == 0 ? width : done * width / total
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    write("\r[\(bar)] \(done)/\(total)")
  }

  static func clear() {
    guard isatty(2) == 1 else { return }
    write("\r" + String(repeating: " ", count: width + 24) + "\r")
  }

  private static func write(_ text: String) {
    var text = text
    text.withUTF8 { _ = Glibc.write(2, $0.baseAddress, $0.count) }
  }
}
