import Testing
import Vocabulary

/// Values of the log, which may be text of clients.
@Suite("Lines of the log")
struct LogTests {
  /// A terminal obeys some of these, and `journalctl` hides lines that have others.
  @Test(arguments: [
    ("/health", "/health"), ("", #""""#), ("a b", #""a b""#), (#"a"b\c"#, #""a\"b\\c""#),
    ("a\n<3>b", #""a\u000a<3>b""#), ("\u{7F}", #""\u007f""#), ("\u{9B}31m", #""\u009b31m""#),
    ("\u{85}", #""\u0085""#), ("\u{2028}", #""\u2028""#), ("\u{202E}", #""\u202e""#),
    ("\u{FEFF}", #""\ufeff""#), ("\u{FFFF}", #""\uffff""#), ("\u{1FFFE}", #""\ud83f\udffe""#),
    ("Zürich 東京", #""Zürich 東京""#),
  ])
  func hidesNothing(value: String, written: String) {
    #expect(LineLog.quote(value) == written)
  }
}
