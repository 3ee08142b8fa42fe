internal import Cryptography
internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

extension Clusters {
  /// An item of a cluster.
  struct Member {
    let id: ID<Item>
    let sha256: Digest
    let filename: String
    let mime: String
    let width: Int
    let height: Int
    let size: Int
    /// The version of its previews; nil when there are none.
    let previews: Int?
    let isExcluded: Bool
    let isDamaged: Bool

    /// Whether it is more likely the original: larger, then less compressed, then older.
    func isBetter(than other: Member) -> Bool { rank < other.rank }

    private var rank: (Int, Int, Int, UUIDBytes) {
      // With equal numbers of pixels, more bytes mean less compression.
      (isDamaged ? 1 : 0, -width * height, -size, id.bytes)
    }
  }

  /// An item of a cluster in an answer.
  struct Picture: WireOutput {
    let member: Member
    let previewURL: String
    /// The evidence that it is a copy; nil for pictures that are kept.
    let sameness: Quality.Sameness?

    static let fields: Fields<Picture> = [
      Field("image_id") { $0.member.id },
      Field("filename") { $0.member.filename },
      Field("content_type") { $0.member.mime },
      Field("width") { $0.member.width },
      Field("height") { $0.member.height },
      Field("size_bytes") { $0.member.size },
      Field("preview_url") { $0.previewURL },
      Field("excluded") { $0.member.isExcluded },
      Field("keep") { $0.sameness == nil },
      Field("duplicate_of") { $0.sameness },
    ]
  }

  /// A cluster in a list.
  struct Row: ListedRow {
    let id: ID<Item>
    /// `open`, or `resolved` when no two kept pictures are similar.
    let state: String
    /// The pictures, the best original first.
    let pictures: [Picture]

    var cursor: UUIDBytes { id.bytes }

    static let fields: Fields<Row> = [
      Field("id") { $0.id },
      Field("state") { $0.state },
      Field("members") { $0.pictures },
    ]
  }

  /// The body that chooses the picture to keep.
  struct Choice: WireInput {
    let keep: ID<Item>?

    static let inputs = Inputs(Choice.init, .optional("keep", .id()))
  }

  /// The body with the minimum score of duplicates to exclude.
  struct Threshold: WireInput {
    let least: Double?

    static let inputs = Inputs(Threshold.init, .optional("min_score", .score))
  }

  /// The result for all clusters of a request.
  struct Tally: WireOutput {
    let request: ID<Project>
    var clusters = 0
    var excluded = 0
    var restored = 0

    static let fields: Fields<Tally> = [
      Field("request_id") { $0.request },
      Field("clusters") { $0.clusters },
      Field("excluded") { $0.excluded },
      Field("restored") { $0.restored },
    ]
  }
}

extension Rule where Value == Double {
  /// A rule for a score, 0…1.
  fileprivate static var score: Rule {
    Rule(.number(0...1)) { json throws(Reason) in
      switch json {
      case .int(let number) where (0...1).contains(number): return Double(number)
      case .double(let number) where (0...1).contains(number): return number
      default: throw "must be a number from 0 to 1"
      }
    }
  }
}
