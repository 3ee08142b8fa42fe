/// The pictures of a folder, and all pairs of them that the worker would align.
struct Album {
  let specimens: [Specimen]
  let pairs: [Pair]

  init(_ specimens: [Specimen], _ pairs: [Pair]) {
    self.specimens = specimens
    self.pairs = pairs
  }

  init(_ folder: String) {
    specimens = Specimen.all(in: folder)
    pairs = Pair.suspected(specimens)
  }
}
