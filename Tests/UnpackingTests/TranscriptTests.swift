import Imaging
import Testing

/// Packets that a compromised child might send.
@Suite struct TranscriptTests {
  private let full = [ArchiveMessage.dataMark] + [UInt8](repeating: 0, count: 65_535)

  /// The result of several packets: events, and the failure if there was one.
  private func outcome(_ packets: [[UInt8]], _ limits: ArchiveLimits = .init(), bytes: Int = 1000)
    -> (events: Int, failure: DecodeFailure?)
  {
    var transcript = ArchiveTranscript(limits, archiveBytes: bytes)
    var events = 0
    for packet in packets {
      do {
        let isEvent = try packet.withUnsafeBytes { try transcript.take($0) != nil }
        events += isEvent ? 1 : 0
      } catch {
        return (events, error as? DecodeFailure)
      }
    }
    return (events, nil)
  }

  private let begin = ArchiveMessage.begin(name: "a").packet
  private let end = ArchiveMessage.end.packet
  private let data = [ArchiveMessage.dataMark, 65]
  private let finished = ArchiveMessage.finished.packet

  @Test func validMessagesAreAccepted() {
    let broken = ArchiveMessage.broken(.damaged).packet
    let refused = ArchiveMessage.refused(name: "b", .nested).packet
    let packets = [begin, full, data, end, begin, broken, refused, begin, end, finished]
    let found = outcome(packets)
    #expect(found.events == 9)
    #expect(found.failure == nil)
    let stopped = ArchiveMessage.stopped(.tooMany).packet
    #expect(outcome([begin, end, stopped]).failure == nil)
    let none = ArchiveMessage.noArchive(.foreign).packet
    #expect(outcome([none]).failure == .refused("This is not a ZIP archive."))
  }

  @Test func wrongOrderIsACrash() {
    let rows: [[[UInt8]]] = [
      [end], [data], [begin, begin], [begin, data, data], [begin, finished],
      [begin, ArchiveMessage.refused(name: "b", .nested).packet],
      [begin, ArchiveMessage.stopped(.damaged).packet], [begin, end, end], [finished, begin],
      [begin, end, ArchiveMessage.noArchive(.foreign).packet], [finished, finished],
      [ArchiveMessage.stopped(.tooMany).packet, finished], [ArchiveMessage.broken(.damaged).packet],
    ]
    for row in rows { #expect(outcome(row).failure == .crashed, "\(row.map(\.first))") }
  }

  @Test(arguments: [
    [], [0], [9], [255, 1], [2], [1, 0, 0], [1, 5, 0, 65], [1, 1, 0, 0x2F], [1, 2, 0, 46, 46],
    [1, 1, 0, 10], [1, 1, 0, 0xFF], [4], [4, 99], [5, 0], [6, 50],
    [8, 4], [7, 0],
  ])
  func invalidMessagesAreACrash(packet: [UInt8]) {
    #expect(outcome([packet]).failure == .crashed)
    #expect(outcome([begin, packet]).failure == .crashed)
  }

  @Test func limitsApplyToEveryMessage() {
    let file = [begin, full, full, data, end]
    let roomy = ArchiveLimits(entryBytes: 131_071)
    #expect(outcome(file, roomy).failure == nil)
    #expect(outcome(file, ArchiveLimits(entryBytes: 131_070)).failure == .crashed)
    #expect(outcome(file + file, ArchiveLimits(totalBytes: 262_142)).failure == nil)
    #expect(outcome(file + file, ArchiveLimits(totalBytes: 262_141)).failure == .crashed)
    #expect(outcome([begin, end, begin], ArchiveLimits(entries: 1)).failure == .crashed)
    let refused = ArchiveMessage.refused(name: "b", .nested).packet
    #expect(outcome([refused, refused], ArchiveLimits(entries: 1)).failure == .crashed)
    let dense = [begin] + [[UInt8]](repeating: full, count: 161)
    #expect(outcome(dense, bytes: 52_000).failure == .crashed)
    #expect(outcome(dense, bytes: 53_000).failure == nil)
  }

  @Test func everyFaultHasASentence() {
    let limits = ArchiveLimits()
    let sentences =
      EntryFault.allCases.map { $0.sentence(limits) }
      + ArchiveFault.allCases.map { $0.sentence(limits) } + ArchiveRefusal.allCases.map(\.sentence)
    #expect(Set(sentences).count == sentences.count)
    #expect(sentences.allSatisfy { $0.hasSuffix(".") })
  }
}
