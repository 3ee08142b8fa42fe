package import HTTP
package import Postgres

internal import Glibc

/// The id of a row; ids of different tables are different types.
package struct ID<Entity>: Hashable, Sendable {
  /// The UUID itself.
  package let bytes: UUIDBytes

  /// Makes an id from a UUID.
  package init(_ bytes: UUIDBytes) { self.bytes = bytes }

  /// Parses the canonical text, in either case.
  package init?(_ text: String) {
    guard let bytes = UUIDBytes(text) else { return nil }
    self.bytes = bytes
  }

  /// Makes a new id: UUIDv7 (RFC 9562), so that ids sort by creation time.
  ///
  /// The 12 bits after the milliseconds hold their fraction (method 3 of section 6.2), so that rows
  /// made in sequence by one thread keep their order.
  package static func new() -> ID {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let milliseconds = UInt64(now.tv_sec) * 1000 + UInt64(now.tv_nsec) / 1_000_000
    let fraction = UInt64(now.tv_nsec) % 1_000_000 * 4096 / 1_000_000
    let random = UInt64.random(in: 0...UInt64.max)
    return ID(
      UUIDBytes(
        high: milliseconds << 16 | 0x7000 | fraction,
        low: random & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000))
  }
}

extension UUIDBytes {
  /// A value greater than every id, from which the first page of a list starts.
  package static let last = UUIDBytes(high: .max, low: .max)
  /// The lowest id, which no row has.
  package static let first = UUIDBytes(high: 0, low: 0)
}

extension ID: CustomStringConvertible {
  package var description: String { bytes.description }
}

extension ID: WireValue {
  package static var schema: Schema { .string(format: "uuid") }
  package func write(to writer: inout JSONWriter) {
    writer.quoted(UUIDBytes.length, bytes.fill)
  }
}

extension ID: PostgresEncodable, PostgresDecodable {
  package func bind(into parameters: inout Parameters) { bytes.bind(into: &parameters) }
  package static func decode(_ column: borrowing Column) throws(PostgresError) -> ID {
    ID(try UUIDBytes.decode(column))
  }
}

extension Rule {
  /// A rule for the id of a row, as text.
  package static func id<Entity>(_ type: Entity.Type = Entity.self) -> Rule
  where Value == ID<Entity> {
    Rule(.string(format: "uuid")) { json throws(Reason) in
      guard case .string(let text) = json, let id = ID<Entity>(text) else { throw "must be an id" }
      return id
    }
  }
}

extension Request {
  /// Returns the id in the route's `{name}` segment.
  /// - Throws: 400 when it is not an id.
  package func id<Entity>(_ name: String, of type: Entity.Type) throws(Problem) -> ID<Entity> {
    guard let id = capture(name).flatMap({ ID<Entity>($0) }) else {
      throw .badRequest("The \(name) id in the path is not a valid id.")
    }
    return id
  }
}

/// An organization: the tenant that owns all other rows.
package enum Organization {}
/// A person or program that signs in.
package enum Account {}
/// One sign-in of an account.
package enum Session {}
/// An API key with which a program acts for an account.
package enum APIKey {}
/// An invitation to become a member of an organization.
package enum Invitation {}
/// A requested letter.
package enum LetterOrder {}
/// A project; the root face calls it a request.
package enum Project {}
/// One version of a project's label classes.
package enum LabelSchema {}
/// A picture in a project.
package enum Item {}
/// A file that is announced and sent directly to storage.
package enum Upload {}
/// A group of items to label.
package enum LabelTask {}
/// A task assigned to a person.
package enum Assignment {}
/// A labeler's report that an item or a task cannot be labelled.
package enum TaskReport {}
/// A decision of a person about the result of an item.
package enum Decision {}
/// One revision of a person's labels for an item.
package enum Annotation {}
