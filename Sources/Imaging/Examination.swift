/// All that one decoding of a file tells: the verdict, how the picture looks, and its previews.
///
/// A picture that is whole may still be one that cannot be inspected or shown.
package struct Examination<Files: Sendable & Equatable>: Sendable, Equatable {
  /// The picture, every pixel of which was decoded.
  package let picture: Picture
  /// Its inspection, or why there is none.
  package let inspection: Result<Inspection, DecodeFailure>
  /// Its previews, or why there are none.
  package let previews: Result<Files, DecodeFailure>

  /// One file's findings.
  package init(
    picture: Picture, inspection: Result<Inspection, DecodeFailure>,
    previews: Result<Files, DecodeFailure>
  ) {
    self.picture = picture
    self.inspection = inspection
    self.previews = previews
  }

  /// The same findings with the previews in another form.
  package func with<Others>(_ previews: Result<Others, DecodeFailure>) -> Examination<Others> {
    Examination<Others>(picture: picture, inspection: inspection, previews: previews)
  }
}

extension DecoderSession {
  /// Makes both previews of a picture that was verified before, of its first frame.
  package func previews(_ descriptor: Int32, _ sides: PreviewSides) throws(DecodeFailure)
    -> Previews
  {
    guard case (.previews(let lengths), let bytes) = try ask(.previews(sides), about: descriptor)
    else { throw .crashed }
    return Previews(bytes, lengths)
  }

  /// Decodes a file once: verifies it as `verify` does, inspects it and makes its previews.
  ///
  /// A file that the decoder does not survive, or not in time, is verified alone, which takes less;
  /// the same failure then stands for inspection and previews.
  /// - Parameter milliseconds: how long all of it may take, when that is less than the limits allow.
  package func examine(
    _ descriptor: Int32, as type: ImageType?, _ sides: PreviewSides,
    within milliseconds: Int? = nil
  ) throws(DecodeFailure) -> Examination<Previews> {
    let deadline = milliseconds.map { Deadline(after: $0) }
    do throws(DecodeFailure) {
      let reply = try ask(.examine(type, sides), about: descriptor, within: milliseconds)
      guard case (.examined(let found), let bytes) = reply else { throw .crashed }
      return found.with(found.previews.map { Previews(bytes, $0) })
    } catch {
      guard error == .crashed || error == .timedOut else { throw error }
      let picture = try verify(descriptor, as: type, within: deadline?.left)
      return Examination(picture: picture, inspection: .failure(error), previews: .failure(error))
    }
  }
}

extension Previews {
  /// The bytes that follow an answer, the large preview first.
  fileprivate init(_ bytes: [UInt8], _ lengths: Lengths) {
    self.init(
      large: Array(bytes.prefix(lengths.large)), small: Array(bytes.dropFirst(lengths.large)))
  }
}
