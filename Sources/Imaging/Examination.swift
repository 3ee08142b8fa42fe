/// The results of decoding a file once: the verdict, the inspection, and the previews.
///
/// A complete picture may still fail to be inspected or shown.
package struct Examination<Files: Sendable & Equatable>: Sendable, Equatable {
  /// The picture; every pixel was decoded.
  package let picture: Picture
  /// Its inspection, or the reason why there is none.
  package let inspection: Result<Inspection, DecodeFailure>
  /// Its previews, or the reason why there are none.
  package let previews: Result<Files, DecodeFailure>

  /// Makes the results of one file.
  package init(
    picture: Picture, inspection: Result<Inspection, DecodeFailure>,
    previews: Result<Files, DecodeFailure>
  ) {
    self.picture = picture
    self.inspection = inspection
    self.previews = previews
  }

  /// The same results with the previews in another form.
  package func with<Others>(_ previews: Result<Others, DecodeFailure>) -> Examination<Others> {
    Examination<Others>(picture: picture, inspection: inspection, previews: previews)
  }
}

extension DecoderSession {
  /// Makes both previews of the first frame of a picture that was verified before.
  package func previews(_ descriptor: Int32, _ sides: PreviewSides) throws(DecodeFailure)
    -> Previews
  {
    guard case (.previews(let lengths), let bytes) = try ask(.previews(sides), about: descriptor),
      let previews = Previews(bytes, lengths)
    else { throw wrongAnswer() }
    return previews
  }

  /// Decodes a file once: verifies it as `verify` does, inspects it and makes its previews.
  ///
  /// When the decoder crashes or is too slow, the file is only verified, which needs less;
  /// inspection and previews then have the same failure.
  /// - Parameter milliseconds: the maximum total time, if it is less than the limits allow.
  package func examine(
    _ descriptor: Int32, as type: ImageType?, _ sides: PreviewSides,
    within milliseconds: Int? = nil
  ) throws(DecodeFailure) -> Examination<Previews> {
    let deadline = milliseconds.map { Deadline(after: $0) }
    do throws(DecodeFailure) {
      let reply = try ask(.examine(type, sides), about: descriptor, within: milliseconds)
      guard case (.examined(let found), let bytes) = reply, found.picture.isOf(type) else {
        throw wrongAnswer()
      }
      guard case .success(let lengths) = found.previews else {
        return found.with(found.previews.map { _ in Previews(large: [], small: []) })
      }
      guard let previews = Previews(bytes, lengths) else { throw wrongAnswer() }
      return found.with(.success(previews))
    } catch {
      guard error == .crashed || error == .timedOut else { throw error }
      let picture = try verify(descriptor, as: type, within: deadline?.left)
      return Examination(picture: picture, inspection: .failure(error), previews: .failure(error))
    }
  }
}

extension Previews {
  /// The bytes that follow an answer, the large preview first; nil when they are not JPEG files.
  fileprivate init?(_ bytes: [UInt8], _ lengths: Lengths) {
    self.init(
      large: Array(bytes.prefix(lengths.large)), small: Array(bytes.dropFirst(lengths.large)))
    let start: [UInt8] = [0xFF, 0xD8, 0xFF]
    guard large.starts(with: start), small.starts(with: start) else { return nil }
  }
}
