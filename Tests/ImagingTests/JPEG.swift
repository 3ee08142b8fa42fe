/// The segments of a JPEG file.
enum JPEG {
  /// The markers before the first scan, and its own.
  static func markers(_ file: [UInt8]) -> [UInt8] {
    var (place, found) = (2, [UInt8]())
    while place + 4 <= file.count, file[place] == 0xff, found.last != 0xda {
      found.append(file[place + 1])
      place += 2 + Int(file[place + 2]) * 256 + Int(file[place + 3])
    }
    return found
  }

  /// Whether the file has only head, tables, frame and scan: no profile, no EXIF, no comment.
  static func holdsPixelsAlone(_ file: [UInt8]) -> Bool {
    let markers = markers(file)
    return markers.last == 0xda && Set(markers).isSubset(of: [0xe0, 0xdb, 0xc0, 0xc4, 0xda])
  }
}
