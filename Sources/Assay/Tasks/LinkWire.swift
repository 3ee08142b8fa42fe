internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

extension Tasks {
  /// The pictures that a request for new links names.
  enum LinkRequest {
    private static let name = "image_id"
    /// The allowed number of pictures; their ids fit into one line of a request.
    private static let count = 1...100

    static let parameter = Parameter.query(
      name, .array(.string(format: "uuid"), count: count),
      "The ids of the pictures; it may be repeated.", isRequired: true)

    /// Reads `?image_id=…`, which may be repeated or a list with commas.
    /// - Throws: 400 when there is none, or too many, or one that is not an id.
    static func images(of request: Request) throws(Problem) -> [ID<Item>] {
      let texts = try request.query().list(name)
      guard count.contains(texts.count) else {
        throw .invalid([
          Violation(name, "must be \(count.lowerBound) to \(count.upperBound) ids of pictures")
        ])
      }
      var images: [ID<Item>] = []
      for text in texts {
        guard let image = ID<Item>(String(text)) else {
          throw .invalid([Violation(name, "must be the id of a picture, or several with commas")])
        }
        images.append(image)
      }
      return images
    }
  }

  /// A new link to one picture.
  struct Link: WireOutput {
    let id: ID<Item>
    let url: MediaAddress

    static let fields: Fields<Link> = [
      Field("image_id") { $0.id },
      Field("url") { $0.url },
    ]
  }

  /// New links to pictures of a task, in the task's order.
  struct Links: WireOutput {
    let expiresAt: Timestamp
    let links: [Link]

    static let fields: Fields<Links> = [
      Field("expires_at") { $0.expiresAt },
      Field("links") { $0.links },
    ]
  }
}
