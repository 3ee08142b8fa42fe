internal import Cryptography
internal import HTTP
internal import Postgres

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

    /// Whether it rather is the original: larger, then less compressed, then there first.
    func isBetter(than other: Member) -> Bool { rank < other.rank }

    private var rank: (Int, Int, Int, UUIDBytes) {
      // Of equally many pixels, more bytes are more bytes a pixel.
      (isDamaged ? 1 : 0, -width * height, -size, id.bytes)
    }
  }

  /// An item of a cluster as it is shown.
  struct Picture: WireOutput {
    let member: Member
    let previewURL: String
    /// How it was seen to be a copy; nil for those that stay.
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
    /// `open`, or `resolved` when no two of its pictures that are left are alike.
    let state: String
    /// The best original first.
    let pictures: [Picture]

    var cursor: UUIDBytes { id.bytes }

    static let fields: Fields<Row> = [
      Field("id") { $0.id },
      Field("state") { $0.state },
      Field("members") { $0.pictures },
    ]
  }

  /// What is to stay of a cluster.
  struct Choice: WireInput {
    let keep: ID<Item>?

    static let inputs = Inputs(Choice.init, .optional("keep", .id()))
  }

  /// Which duplicates are to go.
  struct Threshold: WireInput {
    let least: Double?

    static let inputs = Inputs(Threshold.init, .optional("min_score", .score))
  }

  /// What became of all clusters of a request.
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
  /// A score, 0…1.
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
