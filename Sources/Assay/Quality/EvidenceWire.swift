internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

extension Quality {
  /// The evidence that two pictures are copies.
  struct Sameness: WireOutput {
    /// The other picture.
    let image: ID<Item>
    /// The probability that one is a copy of the other, 0…1.
    let score: Double
    /// The number of different bits, of 256, between the nearest fingerprints.
    let distance: Int
    /// The correlation of the overlapping parts, -1…1.
    let correlation: Double
    /// The mean correlation within small blocks of the equalized pictures, -1…1.
    let detail: Double
    /// The difference at one compact place that noise does not explain, in levels of brightness;
    /// null for pairs that were compared before it was measured.
    let residual: Double?
    /// The EXIF orientation, 1…8, that turns the other picture like this one.
    let orientation: Int
    /// The part of this picture that the other shows: x, y, width and height, 0…1.
    let part: [Double]
    /// The part of the other picture, turned in this way, that this one shows.
    let otherPart: [Double]

    static let fields: Fields<Sameness> = [
      Field("image_id") { $0.image },
      Field("score") { $0.score },
      Field("distance") { $0.distance },
      Field("correlation") { $0.correlation },
      Field("detail") { $0.detail },
      Field("residual") { $0.residual },
      Field("orientation") { $0.orientation },
      Field("part") { $0.part },
      Field("other_part") { $0.otherPart },
    ]
  }

  /// A picture of the organization that is an original or a copy of another.
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

  /// The recorded result of a picture.
  struct Finding {
    let row: Row
    let checkedAt: Timestamp
    let reasons: Reasons
  }

  /// The result of quality control for a picture, with its evidence.
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
