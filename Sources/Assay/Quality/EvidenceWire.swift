internal import HTTP
internal import Postgres

extension Quality {
  /// How two pictures were seen to be copies.
  struct Sameness: WireOutput {
    /// The other.
    let image: ID<Item>
    /// The probability that one is a copy of the other, 0…1.
    let score: Double
    /// Bits of 256 in which the nearest fingerprints differ.
    let distance: Int
    /// Of what lies upon one another, -1…1.
    let correlation: Double
    /// The mean of the same within small blocks of the pictures evened out, -1…1.
    let detail: Double
    /// How the other must be turned to lie upon this one, 1…8 as in EXIF.
    let orientation: Int
    /// What of this one lies upon the other: x, y, width and height, 0…1.
    let part: [Double]
    /// What of the other lies upon this one, when it is turned so.
    let otherPart: [Double]

    static let fields: Fields<Sameness> = [
      Field("image_id") { $0.image },
      Field("score") { $0.score },
      Field("distance") { $0.distance },
      Field("correlation") { $0.correlation },
      Field("detail") { $0.detail },
      Field("orientation") { $0.orientation },
      Field("part") { $0.part },
      Field("other_part") { $0.otherPart },
    ]
  }

  /// A picture of the organization that another is a copy of, or is its copy.
  struct Copy: WireOutput {
    let sameness: Sameness
    let project: ID<Project>
    let filename: String
    let previewURL: String
    let isExcluded: Bool

    static let fields: Fields<Copy> = Sameness.fields.within(
      \.sameness,
      and: [
        Field("request_id") { $0.project },
        Field("filename") { $0.filename },
        Field("preview_url") { $0.previewURL },
        Field("excluded") { $0.isExcluded },
      ])
  }

  /// What was recorded of a picture.
  struct Finding {
    let row: Row
    let checkedAt: Timestamp
    let reasons: Reasons
  }

  /// What quality control says of a picture, and why.
  struct Evidence: WireOutput {
    let finding: Finding
    let copies: [Copy]

    static let fields: Fields<Evidence> = Row.fields.within(
      \.finding.row,
      and: [
        Field("checked_at") { $0.finding.checkedAt },
        Field("duplicates") { $0.copies },
        Field("evidence") { $0.finding.reasons },
      ])
  }
}
