/// The answers to many items in whole numbers: one class per person and item.
///
/// Items, people and classes are numbered from 0. The votes stand in the order of the items.
package struct VoteTable: Sendable {
  /// The number of classes, at least 1.
  package let classes: Int
  /// The number of people: the greatest number that voted, and one.
  package private(set) var people = 0
  /// The first vote of each item, and the end.
  private(set) var starts = [0]
  private(set) var voters: [Int32] = []
  private(set) var labels: [Int32] = []

  /// Makes an empty table.
  package init(classes: Int) { self.classes = max(1, classes) }

  /// One person's vote.
  package struct Vote: Sendable, Equatable {
    /// The number of the person.
    package let person: Int
    /// The number of the class.
    package let label: Int

    /// Makes a vote.
    package init(person: Int, label: Int) { (self.person, self.label) = (person, label) }
  }

  /// The number of items.
  package var items: Int { starts.count - 1 }
  /// The number of votes.
  package var count: Int { labels.count }

  /// Adds an item; votes with a label outside `0..<classes` or a negative person are left out.
  package mutating func add(_ votes: [Vote]) {
    for vote in votes where (0..<classes).contains(vote.label) && vote.person >= 0 {
      people = max(people, vote.person + 1)
      voters.append(Int32(vote.person))
      labels.append(Int32(vote.label))
    }
    starts.append(labels.count)
  }

  /// Returns the votes of an item.
  package func votes(of item: Int) -> [Vote] {
    (starts[item]..<starts[item + 1]).map {
      Vote(person: Int(voters[$0]), label: Int(labels[$0]))
    }
  }

  /// The shares of the votes of each item, items × classes; equal shares without votes.
  func shares() -> [Double] {
    var shares = [Double](repeating: 0, count: items * classes)
    for item in 0..<items {
      let range = starts[item]..<starts[item + 1]
      for place in range { shares[item * classes + Int(labels[place])] += 1 / Double(range.count) }
      guard range.isEmpty else { continue }
      for label in 0..<classes { shares[item * classes + label] = 1 / Double(classes) }
    }
    return shares
  }

  /// Calls a function with the first vote of each item and the end, the people and the classes.
  ///
  /// The loops over all votes are twice as fast as with arrays.
  func withVotes(
    _ body: (
      _ starts: UnsafeBufferPointer<Int>, _ voters: UnsafeBufferPointer<Int32>,
      _ labels: UnsafeBufferPointer<Int32>
    ) -> Void
  ) {
    starts.withUnsafeBufferPointer { starts in
      voters.withUnsafeBufferPointer { voters in
        labels.withUnsafeBufferPointer { labels in body(starts, voters, labels) }
      }
    }
  }
}
