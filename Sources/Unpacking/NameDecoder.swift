internal import CLinux
internal import Imaging

/// Converts names from the client's encoding, with glibc's iconv.
final class NameDecoder {
  private let descriptor: iconv_t

  /// Loads the converter, because that opens files and a confined process cannot.
  ///
  /// Nil when this system has no such converter.
  init?(_ encoding: NameEncoding) {
    guard let opened = iconv_open("UTF-8", encoding.iconvName),
      opened != UnsafeMutableRawPointer(bitPattern: -1)
    else { return nil }
    descriptor = opened
    // A converter may load its tables only at its first use.
    _ = text([UInt8(ascii: "a")])
  }

  deinit { iconv_close(descriptor) }

  /// The name as text; nil when the bytes are not valid in the encoding.
  func text(_ name: [UInt8]) -> String? {
    // One byte becomes at most three, two bytes at most eight.
    var output = [CChar](repeating: 0, count: name.count * 4 + 16)
    var input = name.map(CChar.init(bitPattern:))
    iconv(descriptor, nil, nil, nil, nil)
    let length = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output -> Int? in
        var (from, to) = (input.baseAddress, output.baseAddress)
        var (left, space) = (input.count, output.count)
        guard iconv(descriptor, &from, &left, &to, &space) != -1,
          iconv(descriptor, nil, nil, &to, &space) != -1
        else { return nil }
        return output.count - space
      }
    }
    return length.flatMap { length in
      String(validating: output[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }
}
