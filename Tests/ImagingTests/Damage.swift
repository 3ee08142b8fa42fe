/// Damages files as disks, networks and bad programs do, reproducibly by a seed.
struct Damage {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

  private mutating func below(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(max(1, bound)))
  }

  /// A damaged copy of a file of any type.
  mutating func anywhere(in whole: [UInt8]) -> [UInt8] {
    var file = whole
    let head = 0..<min(file.count, 120)
    let all = 8..<file.count
    switch below(9) {
    case 0: file.removeLast(1 + below(file.count - 3))
    case 1: file.removeLast(1 + below(min(40, file.count - 3)))
    case 2: for _ in 0...below(3) { flip(&file, all) }
    case 3: for _ in 0...below(100) { flip(&file, all) }
    case 4: for _ in 0...below(3) { flip(&file, head) }
    case 5: flip(&file, file.count - min(file.count, 250)..<file.count)
    case 6: file.removeSubrange(part(of: all))
    case 7: file.insert(contentsOf: file[part(of: all)], at: all.lowerBound + below(all.count))
    default: for place in part(of: all) { file[place] = 0 }
    }
    return file
  }

  /// The same of a PNG file; the sums of its chunks are right in three of four.
  mutating func inPNG(_ whole: [UInt8]) -> [UInt8] {
    let file = anywhere(in: whole)
    return below(4) == 0 ? file : PNG.summed(file)
  }

  /// A damaged copy of a JPEG file.
  mutating func done(to whole: [UInt8]) -> [UInt8] {
    var file = whole
    let scan = file.indices.dropLast().first { file[$0] == 0xff && file[$0 + 1] == 0xda }
    let head = 2..<(scan ?? file.count)
    let data = (scan ?? 0) + 12..<file.count
    switch below(11) {
    case 0: file.removeLast(1 + below(file.count - 3))
    case 1: file = file.dropLast(1 + below(file.count - 3)) + [0xff, 0xd9]
    case 2: for _ in 0...below(8) { flip(&file, data) }
    case 3: for _ in 0...below(300) { flip(&file, data) }
    case 4: for _ in 0...below(3) { flip(&file, head) }
    case 5: change(&file, frame: { [5, 6, 7, 8, 9][$0.below(5)] })
    case 6: change(&file, frame: { 11 + 3 * $0.below(3) })
    case 7: file.removeSubrange(part(of: data))
    case 8: file.insert(contentsOf: file[part(of: data)], at: data.lowerBound + below(data.count))
    case 9:
      let marker = UInt8([0xd0, 0xd3, 0xd9, 0xda, 0xc4, 0xdb, 0xdd, 0xe1, 0x01][below(9)])
      file.insert(contentsOf: [0xff, marker], at: data.lowerBound + below(data.count))
    default: for place in part(of: data) { file[place] = 0 }
    }
    return file
  }

  private mutating func flip(_ file: inout [UInt8], _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    file[range.lowerBound + below(range.count)] ^= UInt8(1 << below(8))
  }

  /// Sizes, components, sampling factors: any byte of the frame's header.
  private mutating func change(_ file: inout [UInt8], frame place: (inout Damage) -> Int) {
    let frame = file.indices.dropLast(20).first {
      file[$0] == 0xff && (0xc0...0xc2) ~= file[$0 + 1]
    }
    guard let frame else { return }
    file[frame + place(&self)] = UInt8([0, 1, 0x11, 0x12, 0x21, 0x31, 0x23, 0x41, 0x44][below(9)])
  }

  private mutating func part(of range: Range<Int>) -> Range<Int> {
    guard !range.isEmpty else { return range }
    let start = range.lowerBound + below(range.count)
    return start..<min(range.upperBound, start + 1 + below(200))
  }
}
