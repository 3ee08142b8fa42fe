/// The parameters of one call in the form of libpq; valid only during the call.
struct ParameterPointers {
  let count: Int32
  let values: UnsafePointer<UnsafePointer<CChar>?>?
  let lengths: UnsafePointer<Int32>?
  let formats: UnsafePointer<Int32>?
}

extension Parameters {
  /// Passes the parameters to a call of libpq without a heap allocation.
  func withPointers<Result>(_ body: (ParameterPointers) -> Result) -> Result {
    let count = values.count
    return bytes.withUnsafeBytes { base in
      withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { pointers in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { numbers in
          for (index, value) in values.enumerated() {
            let pointer = base.baseAddress.map { $0 + value.start }
            pointers.initializeElement(
              at: index,
              to: value.length == nil ? nil : pointer?.assumingMemoryBound(to: CChar.self))
            numbers.initializeElement(at: index, to: Int32(value.length ?? 0))
            numbers.initializeElement(at: count + index, to: value.isBinary ? 1 : 0)
          }
          let lengths = numbers.baseAddress.map { UnsafePointer($0) }
          return body(
            ParameterPointers(
              count: Int32(count), values: pointers.baseAddress.map { UnsafePointer($0) },
              lengths: lengths, formats: lengths.map { $0 + count }))
        }
      }
    }
  }
}
