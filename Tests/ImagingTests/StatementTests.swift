import Decoding
import Imaging
import Testing

@Suite struct StatementTests {
  @Test(arguments: [
    #"<a xmp:CreatorTool = 'Tool "2"'/>"#, "<xmp:CreatorTool>\n Tool \"2\" </xmp:CreatorTool>",
  ])
  func readsCreatorTools(_ packet: String) {
    let found = XMPStatements.found(in: Array(packet.utf8))
    #expect(found == [Declared(field: "xmp:CreatorTool", value: #"Tool "2""#)])
  }

  @Test func readsResources() {
    let packet = #"<e:DigitalSourceType rdf:resource="http://cv/trainedAlgorithmicMedia"/>"#
    #expect(
      XMPStatements.found(in: Array(packet.utf8)) == [
        Declared(field: "digitalSourceType", value: "trainedAlgorithmicMedia")
      ])
  }

  @Test(arguments: ["", "CreatorTool", "CreatorTool=", #"CreatorTool="#, "<CreatorTool/>"])
  func findsNothingInBrokenPackets(_ packet: String) {
    #expect(XMPStatements.found(in: Array(packet.utf8)).isEmpty)
  }

  @Test func readsUserCommentsOfAnyEncoding() {
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

  /// Every cut and every changed byte must leave the reader alive and its texts bounded.
  @Test func survivesBrokenBlocks() {
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

  @Test func valuesAreClippedToWholeCharacters() {
    let statement = Declared(field: "f", value: "a\0" + String(repeating: "é", count: 300))
    #expect(statement.value == "a" + String(repeating: "é", count: 249))
  }
}
