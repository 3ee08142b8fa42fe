/// The reason why a command ends: one sentence, which is printed without the command's usage.
struct Refusal: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
