import Decoding
import Imaging
import Testing

@Suite struct StatementTests {
  @Test(arguments: [
    #"<a xmp:CreatorTool = 'Tool "2"'/>"#, "<xmp:CreatorTool>\n Tool \"2\" </xmp:CreatorTool>",
  ])
  func creatorToolsAreRead(_ packet: String) {
    let found = XMPStatements.found(in: Array(packet.utf8))
    #expect(found == [Declared(field: "xmp:CreatorTool", value: #"Tool "2""#)])
  }

  @Test func resourcesAreRead() {
    let packet = #"<e:DigitalSourceType rdf:resource="http://cv/trainedAlgorithmicMedia"/>"#
    #expect(
      XMPStatements.found(in: Array(packet.utf8)) == [
        Declared(field: "digitalSourceType", value: "trainedAlgorithmicMedia")
      ])
  }

  @Test(arguments: ["", "CreatorTool", "CreatorTool=", #"CreatorTool="#, "<CreatorTool/>"])
  func brokenPacketsAreIgnored(_ packet: String) {
    #expect(XMPStatements.found(in: Array(packet.utf8)).isEmpty)
  }

  @Test func userCommentsOfAnyEncodingAreRead() {
    let little = Array("UNICODE\0".utf8) + Array("ok".utf16).flatMap { [UInt8($0), 0] }
    let ascii = Array("ASCII\0\0\0plain".utf8)
    for (comment, text) in [(little, "ok"), (ascii, "plain")] {
      let block = Exif.block([.text(0x010f, "Maker")], [.comment(comment)])
      #expect(
        ExifStatements.found(in: block) == [
          Declared(field: "exif:Make", value: "Maker"),
          Declared(field: "exif:UserComment", value: text),
        ])
    }
  }

  @Test func eachTagIsReadOnce() {
    let entries = (0..<100).map { Exif.Entry.text(0x0131, "Program \($0)") }
    #expect(
      ExifStatements.found(in: Exif.block(entries, entries)) == [
        Declared(field: "exif:Software", value: "Program 0")
      ])
  }

  /// Truncated and changed blocks must not crash the reader, and its texts stay within the limit.
  @Test func brokenBlocksDoNotCrashTheReader() {
    let block = Exif.block([.text(0x0131, "Software")], [.comment(Array("ASCII\0\0\0x".utf8))])
    for length in 0...block.count {
      #expect(ExifStatements.found(in: Array(block.prefix(length))).count <= 2)
    }
    for place in block.indices {
      for value in [0, 0x7f, 0xff] as [UInt8] {
        var broken = block
        broken[place] = value
        let found = ExifStatements.found(in: broken)
        #expect(found.allSatisfy { $0.value.utf8.count <= Declared.longestValue })
      }
    }
  }

  /// Bare, and as Photoshop wraps it.
  @Test func iptcIsRead() {
    func text(_ number: UInt8, _ text: String) -> [UInt8] {
      [0x1c, 2, number, 0, UInt8(text.utf8.count)] + Array(text.utf8)
    }
    let record = text(80, "Somebody") + text(25, "keyword") + text(65, "Program 2")
    let other = Array("8BIM".utf8) + [0x04, 0x25, 0, 0, 0, 0, 0, 3, 1, 2, 3, 0]
    let named =
      Array("8BIM".utf8) + [0x04, 0x04, 3, 0x61, 0x62, 0x63, 0, 0, 0, UInt8(record.count)]
    let wrapped = Array("Photoshop 3.0\0".utf8) + other + named + record
    for block in [record, wrapped] {
      #expect(
        IPTCStatements.found(in: block) == [
          Declared(field: "iptc:Byline", value: "Somebody"),
          Declared(field: "iptc:Program", value: "Program 2"),
        ])
    }
    for length in 0..<wrapped.count {
      #expect(IPTCStatements.found(in: Array(wrapped.prefix(length))).count <= 1)
    }
  }

  @Test func chunksAfterThePixelsAreRead() {
    let packet = #"<x xmp:CreatorTool="Tool 2"/>"#
    let file =
      PNG.signature + PNG.header(1, 1) + PNG.pixel
      + PNG.chunk("tEXt", Array("Software\0NovelAI".utf8))
      + PNG.chunk("iTXt", Array("prompt\0\0\0en\0Frage\0a cat".utf8))
      + PNG.chunk("iTXt", Array("XML:com.adobe.xmp\0\0\0\0\0\(packet)".utf8))
      + PNG.chunk("iTXt", Array("packed\0\u{1}\0\0\0???".utf8)) + PNG.end
    #expect(
      file.withUnsafeBytes { FileStatements.found(in: $0, .png) } == [
        Declared(field: "png:Software", value: "NovelAI"),
        Declared(field: "png:prompt", value: "a cat"),
        Declared(field: "xmp:CreatorTool", value: "Tool 2"),
      ])
  }

  @Test func commentsAndXMPOfGIFsAreRead() {
    let packet = #"<x xmp:CreatorTool="Tool 2"/>"#
    // The end of a packet, which guides a reader of sub-blocks to the last byte.
    let end = [1] + (0...255).reversed().map { UInt8($0) } + [0]
    let file: [UInt8] =
      Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0] + [UInt8](repeating: 9, count: 6)
      + [0x21, 0xfe, 2, 0x68, 0x69, 1, 0x21, 0] + [0x21, 0xff, 11]
      + Array("XMP DataXMP\(packet)".utf8)
      + end + [0x3b]
    #expect(
      file.withUnsafeBytes { FileStatements.found(in: $0, .gif) } == [
        Declared(field: "gif:comment", value: "hi!"),
        Declared(field: "xmp:CreatorTool", value: "Tool 2"),
      ])
  }

  /// Beginning and end are kept.
  @Test func valuesAreClippedToWholeCharacters() {
    let statement = Declared(field: "f", value: "a\0" + String(repeating: "é", count: 300) + "z")
    let (head, tail) = (String(repeating: "é", count: 123), String(repeating: "é", count: 123))
    #expect(statement.value == "a\(head) … \(tail)z")
    #expect(Declared(field: "f", value: String(repeating: "x", count: 500)).value.count == 500)
  }
}
