/// The rule for the points of a person's answer to an item.
package enum PointsRule {
  /// The methods of results that a person gave: gold, and a review.
  package static let known: Set<String> = ["gold", "review"]

  /// The fewest counted answers that settle points by themselves.
  package static let fewestVotes = 2

  /// Whether a result settles points.
  ///
  /// A single answer agrees with itself, so it proves nothing: then a gold item or a review decides.
  package static func isDecisive(method: String, votes: Int) -> Bool {
    known.contains(method) || votes >= fewestVotes
  }

  /// Returns the points that an answer earns: all of an item's points, or none.
  package static func earned(_ answer: LabelAnswer, trusted: LabelAnswer, points: Int) -> Int {
    answer.agrees(with: trusted) ? points : 0
  }
}
