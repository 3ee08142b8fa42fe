import Imaging
import Testing

@Suite struct SnifferTests {
  private func mime(_ bytes: [UInt8]) throws -> String {
    try bytes.withUnsafeBytes { try Sniffer().mime(of: $0) }
  }

  @Test func typesAreRecognized() throws {
    #expect(try mime(PNG.signature + PNG.header(1, 1)) == "image/png")
    #expect(
      try mime([0xff, 0xd8, 0xff, 0xe0, 0, 16] + Array("JFIF\0\u{1}\u{1}".utf8)) == "image/jpeg")
    #expect(try mime(Array("%PDF-1.7\n".utf8)) == "application/pdf")
    #expect(try mime(Array("<?php echo 1;".utf8)) == "text/x-php")
    #expect(try mime([]) == "application/x-empty")
  }

  @Test func onlySupportedTypesAreNamed() throws {
    let sniffer = try Sniffer()
    let png = PNG.signature + PNG.header(1, 1)
    #expect(png.withUnsafeBytes { sniffer.imageType(of: $0) } == .png)
    let gif = Array("GIF89a\u{1}\0\u{1}\0\0\0\0".utf8)
    #expect(gif.withUnsafeBytes { sniffer.imageType(of: $0) } == .gif)
    let icon: [UInt8] = [0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 24, 0, 0, 3, 0, 0, 22, 0, 0, 0]
    #expect(icon.withUnsafeBytes { sniffer.imageType(of: $0) } == nil)
  }

  @Test func setsOfTypesHaveNames() {
    #expect(ImageType.root.names == "JPEG or PNG")
    #expect(ImageType.all.names == "JPEG, PNG, WebP, TIFF, GIF or BMP")
    #expect(Set([ImageType.gif]).names == "GIF")
    #expect(ImageType(mime: "image/x-ms-bmp") == .bmp)
    #expect(ImageType(mime: "image/svg+xml") == nil)
  }

  @Test(arguments: ImageType.allCases) func everyMediaTypeNamesItsType(_ type: ImageType) {
    #expect(ImageType(mime: type.mime) == type)
  }
}
