import Support
import Testing

/// An archive as programs or attackers make it, and the expected result.
struct ArchiveSpecimen: Sendable, CustomTestStringConvertible {
  let name: String
  /// Python that assigns the archive's bytes to `out`.
  let script: String
  /// The names of the expected items.
  var taken: [String] = []
  /// A word of each expected error, in order; no further errors are allowed.
  var faults: [String] = []

  var testDescription: String { name }

  init(_ name: String, _ script: String, taken: [String] = [], faults: [String] = []) {
    (self.name, self.script, self.taken, self.faults) = (name, script, taken, faults)
  }

  /// Makes all specimens in a folder, each with its number as the name.
  static func make(_ specimens: [ArchiveSpecimen], in folder: String) throws {
    let makers = specimens.enumerated().map { index, specimen in
      let lines = specimen.script.split(separator: "\n").map { "  \($0)\n" }.joined()
      return "def make():\n\(lines)  return out\n"
        + "open(folder + '/\(index)', 'wb').write(make())\n"
    }
    try Files.write("\(folder)/make.py", Array((tools + makers.joined()).utf8))
    let made = try Program.run(["python3", "\(folder)/make.py", folder], seconds: 240)
    try #require(made.code == 0, "\(made.errors)")
  }

  /// Functions for the scripts: pictures, and archives made by the standard library or by hand.
  private static let tools = #"""
    import io, os, struct, sys, zipfile, zlib, gzip, tarfile
    from struct import pack
    folder = sys.argv[1]

    def png(n, size=16):
      def chunk(kind, data):
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))
      rows = b"".join(b"\0" + bytes((n * 37 + x * y) % 256 for x in range(size))
        for y in range(size))
      return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))

    def z(*files, method=0, stream=False, comment=b""):
      buffer = io.BytesIO()
      class Pipe:
        def write(self, data): return buffer.write(data)
        def flush(self): pass
      with zipfile.ZipFile(Pipe() if stream else buffer, "w", method) as archive:
        for name, data in files: archive.writestr(name, data)
        archive.comment = comment
      return buffer.getvalue()

    def deflated(data):
      packer = zlib.compressobj(9, zlib.DEFLATED, -15)
      return packer.compress(data) + packer.flush()

    # One file by hand; what is given is a lie.
    class F:
      def __init__(self, name, data=b"data", **lies):
        self.name = name if isinstance(name, bytes) else name.encode()
        self.data = data
        self.lies = lies
      def get(self, what, truth): return self.lies.get(what, truth)
      def facts(self):
        packed = self.get("packed", self.data)
        return pack("<III", self.get("crc", zlib.crc32(self.data)), self.get("psize", len(packed)),
          self.get("size", len(self.data)))
      def local(self):
        name = self.get("local_name", self.name)
        return (b"PK\3\4" + pack("<HHHI", 20, self.get("flags", 0),
          self.get("local_method", self.get("method", 0)), 0) + self.get("local_facts", self.facts())
          + pack("<HH", len(name), 0) + name + self.get("packed", self.data)
          + self.get("after", b""))
      def record(self, offset):
        extra = self.get("extra", b"")
        return (b"PK\1\2" + pack("<HHHHI", self.get("host", 3) << 8 | 20, 20, self.get("flags", 0),
          self.get("method", 0), 0) + self.facts() + pack("<HHHHHII", len(self.name), len(extra),
          0, 0, 0, self.get("mode", 0o100644) << 16, self.get("offset", offset))
          + self.name + extra)

    def hand(*files, count=None, disk=0, wide=False, shift=0, csize=None):
      body, directory = bytearray(), bytearray()
      for file in files:
        directory += file.record(len(body) + shift)
        body += file.local()
      count = len(files) if count is None else count
      csize = len(directory) if csize is None else csize
      if wide:
        return (body + directory + b"PK\6\6" + pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count,
          csize, len(body)) + b"PK\6\7" + pack("<IQI", 0, len(body) + len(directory), 1)
          + b"PK\5\6" + pack("<HHHHIIH", 0, 0, 65535, 65535, 0xFFFFFFFF, 0xFFFFFFFF, 0))
      return (body + directory + b"PK\5\6" + pack("<HHHHIIH", disk, disk, count & 65535,
        count & 65535, csize, (len(body) + shift) & 0xFFFFFFFF, 0))

    """#
}
