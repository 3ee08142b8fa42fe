internal import HTTP
internal import Labelling
internal import Postgres

extension Quality {
  /// The findings of all checks except duplicates, as one JSON object.
  ///
  /// A worker writes it, and clients get it as it is stored; rows of earlier versions keep their
  /// members.
  struct Reasons {
    private let json: String

    init(
      origin: OriginEvidence, fault: String?, level: QualityLevel,
      findings: [QualityCheck.Finding]
    ) {
      var writer = JSONWriter()
      writer.object { evidence in
        evidence.key("ai_generated")
        origin.write(to: &evidence)
        evidence.member("corrupt", fault)
        evidence.member("level", level.rawValue)
        evidence.key("quality")
        evidence.object { quality in
          for finding in findings {
            quality.key(dynamic: finding.flag)
            finding.write(to: &quality)
          }
        }
      }
      json = String(decoding: writer.bytes, as: UTF8.self)
    }

    private init(stored json: String) { self.json = json }
  }
}

extension Quality.Reasons: PostgresEncodable, PostgresDecodable {
  func bind(into parameters: inout Parameters) { parameters.text(json) }

  static func decode(_ column: borrowing Column) throws(PostgresError) -> Quality.Reasons {
    Quality.Reasons(stored: try String.decode(column))
  }
}

extension Quality.Reasons: WireValue {
  /// Rows of earlier versions lack some members, so none is required.
  static var schema: Schema {
    .object(
      of: Self.self,
      [
        Schema.Member("ai_generated", OriginEvidence.schema, required: false),
        Schema.Member("corrupt", .nullable(.string()), required: false),
        Schema.Member("level", .string(), required: false),
        Schema.Member("quality", .map(QualityCheck.Finding.schema), required: false),
      ])
  }

  func write(to writer: inout JSONWriter) { writer.raw(Array(json.utf8)) }
}

extension QualityCheck.Finding {
  fileprivate static let schema = Schema.object(
    of: Self.self,
    [
      Schema.Member("value", .number(), required: true),
      Schema.Member("threshold", .number(), required: true),
      Schema.Member("of", .number(), required: false),
    ])

  /// Writes `{value, threshold, of}`; `of` is present only when the value is a count.
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("value", value.measured)
      $0.member("threshold", threshold)
      if let whole { $0.member("of", whole) }
    }
  }
}

extension OriginEvidence {
  fileprivate static let schema = Schema.object(
    of: Self.self,
    [
      Schema.Member("reason", .nullable(.string()), required: false),
      Schema.Member("c2pa", .nullable(.string()), required: false),
      Schema.Member(
        "detector",
        .nullable(
          .object(
            of: OriginEvidence.Detection.self,
            [
              Schema.Member("model", .string(), required: false),
              Schema.Member("probability", .number(), required: false),
              Schema.Member("fault", .string(), required: false),
            ])), required: false),
    ])

  /// Writes `{reason, c2pa, detector}`; missing evidence is null.
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object { members in
      members.member("reason", reason)
      members.member("c2pa", seal)
      members.key("detector")
      guard let detection else { return members.null() }
      members.object { members in
        switch detection {
        case .probability(let probability, let model):
          members.member("model", model)
          members.member("probability", probability)
        case .unavailable(let reason): members.member("fault", reason)
        }
      }
    }
  }
}
