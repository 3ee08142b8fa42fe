package import Imaging
package import Postgres

/// The columns of `blob` and `likeness` with the findings of inspections.
package enum InspectionColumns {
  /// The columns of `blob`.
  package static let names: SQL = """
    declared, frames, has_position, sharpness, shadow, highlight, entropy, colour, stored_rows,
    missing_rows
    """

  /// The columns of `likeness`; null for pictures that take part in no comparison.
  package static let likeness: SQL = "whole, windows, luma"

  /// Arrays for `unnest`, in the order of `names`, then of `likeness`; null for no inspection.
  package static func arrays(of found: [Inspection?]) -> SQL {
    let looks = found.map { $0?.appearance }
    let compared = found.map { $0?.likeness.compared }
    return """
      \(found.map { $0.map { DeclaredColumn($0.declared).json } })::jsonb[],
      \(found.map { $0?.picture.frames })::int[], \(found.map { $0?.hasPosition })::boolean[],
      \(looks.map { $0?.sharpness })::float8[], \(looks.map { $0?.shadow })::float8[],
      \(looks.map { $0?.highlight })::float8[], \(looks.map { $0?.entropy })::float8[],
      \(looks.map { $0?.colour })::float8[], \(found.map { $0?.rows?.all })::int[],
      \(found.map { $0?.rows?.missing })::int[], \(compared.map { $0?.whole.bytes })::bytea[],
      \(compared.map { $0?.windows })::bytea[], \(compared.map { $0?.luma })::bytea[]
      """
  }
}
