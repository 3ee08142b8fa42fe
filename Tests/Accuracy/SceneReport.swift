internal import Labelling

/// Reports how many states of one scene are told apart although they differ in one small place, and
/// how many copies of the scenes are found.
struct SceneReport {
  /// The copies that transforms.py does not make.
  private static let overlays: Set<String> = ["caption", "logo", "stamp"]

  private let specimens: [Specimen]
  private let pairs: [Pair]

  init(_ album: Album) {
    specimens = album.specimens
    pairs = album.pairs
  }

  func show() {
    print("scenes            flagged           without residual  of  highest  copies found")
    for kind in Set(specimens.map(\.kind)).sorted() { show(kind) }
    for overlay in Self.overlays.sorted() {
      print(overlay.padded, "copies found", text(recall { $0.name == overlay }))
    }
    let others = pairs.filter { specimens[$0.first].photo != specimens[$0.second].photo }
    let flagged = others.count { isFlagged($0) }
    print("pairs of different scenes: \(flagged) flagged of \(others.count) suspected")
  }

  private func show(_ kind: String) {
    let scenes = Set(specimens.filter { $0.kind == kind }.map(\.photo)).count
    let states = pairs.filter { pair in
      let (one, other) = (specimens[pair.first], specimens[pair.second])
      return one.kind == kind && one.photo == other.photo && pair.isCopy(specimens) == false
    }
    let highest = states.map(\.score).max() ?? 0
    let found = recall { $0.kind == kind && !Self.overlays.contains($0.name) }
    print(
      kind.padded, "\(states.count { isFlagged($0) })".padded,
      "\(states.count { $0.scoreWithoutResidual >= DuplicateScore.flagged })".padded, scenes,
      text(highest), text(found), separator: "  ")
  }

  private func isFlagged(_ pair: Pair) -> Bool { pair.score >= DuplicateScore.flagged }

  private func recall(_ isMeant: (Specimen) -> Bool) -> Double {
    let all = specimens.count { $0.name != "original" && isMeant($0) }
    let found = pairs.count { pair in
      let (one, other) = (specimens[pair.first], specimens[pair.second])
      return pair.isCopy(specimens) == true && isFlagged(pair)
        && isMeant(one.name == "original" ? other : one)
    }
    return Double(found) / Double(max(1, all))
  }
}
