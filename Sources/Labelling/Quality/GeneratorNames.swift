/// Names of programs that generate pictures from texts, as they sign them.
enum GeneratorNames {
  // In lower case. Words of a language and names of other programs are left out: "imagen" is
  // Spanish, and the name of a photo editor.
  private static let names = [
    "stable diffusion", "stability ai", "midjourney", "dall-e", "dall·e", "novelai", "comfyui",
    "invokeai", "automatic1111", "fooocus", "diffusionbee", "draw things", "easy diffusion",
    "adobe firefly", "google imagen", "imagen 2", "imagen 3", "imagen 4", "made with google ai",
    "google gemini", "flux.1", "leonardo.ai", "ideogram.ai", "ideogram ai", "recraft",
    "bing image creator",
    "imagined with ai", "dreamstudio", "playground.ai", "nightcafe", "craiyon", "openai",
    "chatgpt", "gpt-4o", "gpt-image",
  ]

  /// Fields that only programs write: a generator's name alone is enough.
  private static let signatures: Set<String> = [
    "exif:Software", "xmp:CreatorTool", "xmp:AISystemUsed", "xmp:Credit", "iptc:Program",
    "iptc:Byline", "iptc:Credit", "iptc:Source", "png:Software", "png:Source", "png:Title",
    "png:Author", "c2pa:claim_generator", "c2pa:softwareAgent",
  ]

  /// Fields that people write, too: they may mention a generator without having used it.
  private static let texts: Set<String> = [
    "exif:UserComment", "exif:ImageDescription", "exif:XPComment", "exif:Artist", "gif:comment",
    "png:Comment", "png:Description", "iptc:Caption",
  ]
  private static let verbs: Set<Substring> = [
    "made", "generated", "created", "rendered", "imagined", "drawn", "painted",
  ]

  /// Whether a generator signed in this field.
  static func isSigned(_ field: String, _ value: String) -> Bool {
    let text = value.lowercased().map { $0 == "_" ? " " : $0 }
    if signatures.contains(field) { return !places(in: text).isEmpty }
    guard texts.contains(field) else { return false }
    // For example "created with the help of DALL·E 3".
    return places(in: text).contains { place in
      let before = String(text[..<place]).split { !$0.isLetter }
      return before.suffix(6).contains { verbs.contains($0) }
    }
  }

  /// The places of the names that are whole words of the text.
  private static func places(in text: [Character]) -> [Int] {
    names.flatMap { name -> [Int] in
      let letters = Array(name)
      guard text.count >= letters.count else { return [] }
      return (0...text.count - letters.count).filter { start in
        let end = start + letters.count
        return text[start] == letters[0] && text[start..<end].elementsEqual(letters)
          && (start == 0 || !text[start - 1].isLetter)
          && (end == text.count || !text[end].isLetter)
      }
    }
  }
}
