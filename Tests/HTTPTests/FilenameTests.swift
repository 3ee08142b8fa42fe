import HTTP
import Testing

/// The rule for names of files.
@Suite struct FilenameTests {
  static let names: [(raw: String, kept: String)] = [
    ("a.jpg", "a.jpg"), ("", ""), ("with space.jpg", "with space.jpg"), ("a.b.c", "a.b.c"),
    ("no extension", "no extension"), (".hidden", ".hidden"), ("...", "..."), ("a...", "a..."),
    ("trailing dots.jpg..", "trailing dots.jpg.."), ("CON", "CON"), ("nul.txt", "nul.txt"),
    ("COM1.png", "COM1.png"), ("-rf", "-rf"), ("~", "~"), ("$HOME.png", "$HOME.png"),
    ("`id`.png", "`id`.png"), ("a|b>c<d*e?.png", "a|b>c<d*e?.png"), ("a:b.png", "a:b.png"),
    ("100%.png", "100%.png"), ("%2e%2e%2fa", "%2e%2e%2fa"), ("\"quoted\".png", "\"quoted\".png"),
    ("it's.png", "it's.png"), ("'; drop table item; --.png", "'; drop table item; --.png"),
    ("<img src=x>.png", "<img src=x>.png"), ("{{7*7}}.png", "{{7*7}}.png"),
    ("..", "unnamed"), (".", "unnamed"), ("/", "unnamed"), ("\\", "unnamed"), ("a/", "unnamed"),
    ("../../etc/passwd", "passwd"), ("/etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"),
    ("C:\\a\\b.png", "b.png"), ("a/b\\c.png", "c.png"), ("//host/share/x.png", "x.png"),
    ("a/\u{301}x", "\u{301}x"), (" ", "unnamed"), ("\u{3000}\u{2003}", "unnamed"),
    (" a.png ", " a.png "), ("a\0.png", "a.png"), ("\0", "unnamed"), ("a\r\nb: c", "ab: c"),
    ("\u{1B}[31mred", "[31mred"), ("a\u{7F}\u{85}\u{9B}b", "ab"), ("a\u{2028}b\u{2029}c", "abc"),
    ("photo\u{202E}gpj.exe", "photogpj.exe"), ("\u{2066}a\u{2069}.png", "a.png"),
    ("\u{202A}\u{202B}\u{202C}\u{202D}", "unnamed"), ("\u{FEFF}a.png", "a.png"),
    ("שלום.png", "שלום.png"), ("مرحبا\u{200F}.png", "مرحبا\u{200F}.png"),
    ("می\u{200C}خواهم.png", "می\u{200C}خواهم.png"), ("日本語.png", "日本語.png"),
    ("ไทย.png", "ไทย.png"), ("👩\u{200D}👩\u{200D}👧.png", "👩\u{200D}👩\u{200D}👧.png"),
    ("🏴\u{E0067}\u{E0062}\u{E007F}", "🏴\u{E0067}\u{E0062}\u{E007F}"), ("🇩🇪.png", "🇩🇪.png"),
    ("e\u{301}.png", "\u{E9}.png"), ("\u{212B}.png", "\u{C5}.png"),
    ("\u{1100}\u{1161}.png", "\u{AC00}.png"), ("a\u{323}\u{302}", "\u{1EAD}"),
    ("a\u{302}\u{323}", "\u{1EAD}"), ("\u{FB01}.png", "\u{FB01}.png"), ("．．／a", "．．／a"),
    ("\u{2024}\u{2024}", "\u{2024}\u{2024}"), ("\u{10FFFF}", "\u{10FFFF}"),
  ]

  @Test(arguments: names) func namesAreKeptOrMadeSafe(raw: String, kept: String) {
    // Compared as scalars, because equal strings may differ in form.
    #expect(Array(Filename.cleaned(raw).unicodeScalars) == Array(kept.unicodeScalars))
  }

  @Test(arguments: names) func cleaningTwiceChangesNothing(raw: String, kept: String) {
    let once = Filename.cleaned(raw)
    #expect(Array(Filename.cleaned(once).utf8) == Array(once.utf8))
  }

  @Test(arguments: [
    (String(repeating: "a", count: 300) + ".jpeg", String(repeating: "a", count: 250) + ".jpeg"),
    (String(repeating: "é", count: 200) + ".png", String(repeating: "é", count: 125) + ".png"),
    ("a." + String(repeating: "b", count: 300), "a." + String(repeating: "b", count: 253)),
    (String(repeating: "😀", count: 64) + ".a", String(repeating: "😀", count: 63) + ".a"),
  ])
  func aLongNameKeepsItsExtension(raw: String, kept: String) {
    #expect(Filename.cleaned(raw) == kept)
    #expect(kept.utf8.count <= 255)
  }

  /// Normalizing sorts the marks, which are one character: the longest name that an archive has.
  @Test func manyCombiningMarksAreOneCharacter() {
    let raw = "a" + String(repeating: "\u{301}\u{323}", count: 16_383)
    let kept = "\u{1EA1}" + String(repeating: "\u{323}", count: 126)
    #expect(Array(Filename.cleaned(raw).utf8) == Array(kept.utf8))
  }
}
