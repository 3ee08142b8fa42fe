import Testing

/// Rules for nginx's files.
@Suite struct NginxTests {
  /// nginx drops the headers of the outer blocks where a block has headers of its own.
  @Test func everyBlockWithHeadersLetsPagesOfOtherOriginsRead() {
    let files = Checkout.paths.filter { $0.hasPrefix("nginx/") && $0.hasSuffix(".conf") }
    #expect(files.count > 10)
    let silent = files.filter { $0 != "nginx/assay/cors.conf" }.flatMap { path in
      Self.silentBlocks(String(decoding: Checkout.bytes(of: path), as: UTF8.self))
        .map { "\(path): \($0)" }
    }
    // The file's headers are sent; the comment there says why.
    #expect(silent == ["nginx/assay/problems.conf: location = /.problem/range"])
  }

  @Test(arguments: [
    "location /a { add_header X y; }", "add_header X y;",
    "location /a { include /etc/nginx/assay/cors.conf; if ($b) { add_header X y; } }",
    "location ~ \"[a-z]{2}\" { add_header X y; }",
  ])
  func aBlockWithoutThemIsFound(text: String) { #expect(Self.silentBlocks(text).count == 1) }

  @Test(arguments: [
    "location /a { include /etc/nginx/assay/headers.conf; add_header X y; }",
    "location /a { return 404; }", "# add_header X y;",
    "location /a { include /etc/nginx/assay/cors.conf; add_header X \"{;\"; }",
  ])
  func otherBlocksAreAllowed(text: String) { #expect(Self.silentBlocks(text) == []) }

  /// A line of the error log has the address of its request, with the signature.
  @Test func noLocationOfSignedAddressesWritesLines() {
    let open = ["media", "incoming"].flatMap { name in
      Self.blocks(String(decoding: Checkout.bytes(of: "nginx/assay/\(name).conf"), as: UTF8.self))
        .filter { $0.name.hasPrefix("location ") }
        .filter { !$0.text.contains(" emerg;") && !$0.text.contains("/signed.conf;") }
        .map(\.name)
    }
    // Downloads, whose address has no signature, and archives, whose outer location is silent.
    #expect(open == ["location /.blobs/", "location ~"])
  }

  private static let includes = [
    "/cors.conf;", "/headers.conf;", "/page-headers.conf;", "/signed.conf;",
  ]

  /// The blocks that add headers, but none of `cors.conf`.
  private static func silentBlocks(_ text: String) -> [String] {
    blocks(text).filter { block in
      block.text.contains("add_header ") && !includes.contains { block.text.contains($0) }
    }.map(\.name)
  }

  /// The blocks of a file, each with its text outside inner blocks; the file itself has no name.
  private static func blocks(_ text: String) -> [(name: String, text: String)] {
    var (open, closed) = ([(name: "", text: "")], [(name: String, text: String)]())
    for character in withoutQuotes(text) {
      switch character {
      case "{":
        let head = open[open.count - 1].text.split(separator: ";").last ?? ""
        open.append((head.split(whereSeparator: \.isWhitespace).joined(separator: " "), ""))
      case "}" where open.count > 1:
        closed.append(open.removeLast())
        open[open.count - 1].text += ";"
      default: open[open.count - 1].text.append(character)
      }
    }
    return closed + open
  }

  /// The text without comments and quoted strings.
  private static func withoutQuotes(_ text: String) -> String {
    text.split(separator: "\n").map { line in
      let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
      let outside = parts.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
        .joined()
      return String(outside.prefix { $0 != "#" })
    }.joined(separator: "\n")
  }
}
