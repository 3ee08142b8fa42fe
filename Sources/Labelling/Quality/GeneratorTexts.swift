/// Recognizes settings and graphs that generators write into their pictures, by their contents: any
/// program may write a PNG chunk called `prompt`.
enum GeneratorTexts {
  /// Chunks that no other program writes.
  private static let chunks: Set<String> = [
    "png:sd-metadata", "png:invokeai_metadata", "png:invokeai_graph", "png:fooocus_scheme",
  ]
  private static let graphs: Set<String> = [
    "png:prompt", "png:workflow", "png:parameters", "png:generation_data",
  ]
  private static let settings: Set<String> = [
    "png:seed", "png:steps", "png:sampler", "png:sampler_name", "png:negative_prompt",
    "png:num_inference_steps", "png:guidance_scale", "png:cfg_scale",
    "png:use_stable_diffusion_model",
  ]

  /// Whether a generator wrote this value.
  static func isGenerators(_ field: String, _ value: String) -> Bool {
    if chunks.contains(field.lowercased()) { return true }
    let text = value.lowercased()
    // In this field fewer words are needed.
    if field.lowercased() == "png:parameters", text.contains("steps: ") { return true }
    return isSettings(text) || isGraph(field, text)
  }

  /// Whether these chunks are those of a program that writes one chunk for each setting.
  static func areChunks(_ fields: [String]) -> Bool {
    let names = Set(fields.map { $0.lowercased() })
    return names.contains("png:prompt") && names.intersection(settings).count >= 2
  }

  /// Whether it is settings of Stable Diffusion's web interfaces, NovelAI or Midjourney.
  private static func isSettings(_ text: String) -> Bool {
    text.contains("steps: ") && (text.contains("sampler: ") || text.contains("cfg scale: "))
      || text.hasPrefix("{") && text.contains("\"sampler\":") && text.contains("\"steps\":")
      || text.contains(" job id: ") && (text.contains(" --v ") || text.contains(" --ar "))
  }

  /// Whether it is a graph of ComfyUI, in chunks of its own or, in WebP, after a word in EXIF.
  private static func isGraph(_ field: String, _ text: String) -> Bool {
    var graph = text[...]
    if field.hasPrefix("exif:"), let word = ["prompt:", "workflow:"].first(where: text.hasPrefix) {
      graph = graph.dropFirst(word.count)
    } else if !graphs.contains(field.lowercased()) {
      return false
    }
    graph = graph.drop(while: \.isWhitespace)
    let marks = ["\"class_type\"", "\"inputs\"", "\"nodes\"", "\"last_node_id\"", "\"sampler"]
    return graph.hasPrefix("{") && marks.contains { graph.contains($0) }
  }
}
