package import Cryptography
package import Postgres

/// Stores a digest as a bytea.
extension Digest: PostgresEncodable, PostgresDecodable, PostgresListElement {
  package func bind(into parameters: inout Parameters) { parameters.binary(bytes) }

  package func write(to list: inout Parameters) { bytes.write(to: &list) }

  package static func decode(_ column: borrowing Column) throws(PostgresError) -> Digest {
    guard let digest = Digest(try [UInt8].decode(column)) else {
      throw .unexpected("\(column.bytes.count) bytes are no SHA-256")
    }
    return digest
  }
}
