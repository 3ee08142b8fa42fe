import HTTP
import Support
import Testing

extension EndToEnd {
  /// Names of files in the spellings of many clients.
  @Suite struct NameTests {
    /// The text after `name="files"; ` in the header of a part, and the stored name.
    static let spelled: [(header: [UInt8], kept: String)] =
      [
        (#"filename="plain.png""#, "plain.png"), ("filename=token.png", "token.png"),
        (#"filename="with space.png""#, "with space.png"), (#"filename="a\"b.png""#, "a\"b.png"),
        (#"filename="a%22b.png""#, "a\"b.png"), (#"filename="a%2Fb.png""#, "a%2Fb.png"),
        (#"filename="%2e%2e%2fa.png""#, "%2e%2e%2fa.png"), (#"filename="a;b=c.png""#, "a;b=c.png"),
        (#"filename="../../../etc/passwd""#, "passwd"), (#"filename="/etc/shadow""#, "shadow"),
        (#"filename="C:\dir\a.png""#, "a.png"), (#"filename="C:\\dir\\b.png""#, "b.png"),
        (#"filename="..\..\boot.ini""#, "boot.ini"), (#"filename="\\host\share\c.png""#, "c.png"),
        (#"filename="a/b\c/d.png""#, "d.png"), (#"filename="..""#, "unnamed"),
        (#"filename=".""#, "unnamed"), (#"filename="/""#, "unnamed"),
        (#"filename="dir/""#, "unnamed"), (#"filename="...""#, "..."),
        (#"filename="dots.png..""#, "dots.png.."), (#"filename="CON""#, "CON"),
        (#"filename="nul.txt""#, "nul.txt"), (#"filename=".htaccess""#, ".htaccess"),
        (#"filename="a.php.png""#, "a.php.png"), (#"filename="-rf""#, "-rf"),
        (#"filename="$(id).png""#, "$(id).png"), (#"filename="`id`.png""#, "`id`.png"),
        (#"filename="' or 1=1 --.png""#, "' or 1=1 --.png"),
        (#"filename="<script>.png""#, "<script>.png"), (#"filename="a:b|c?.png""#, "a:b|c?.png"),
        (#"filename="   ""#, "unnamed"), (#"filename=" a.png ""#, " a.png "),
        ("filename=\"nul\0byte.png\"", "nulbyte.png"),
        ("filename=\"tab\there.png\"", "tabhere.png"),
        ("filename=\"\u{1B}[31mred.png\"", "[31mred.png"),
        (#"filename="a%0D%0Ab.png""#, "ab.png"), ("filename=\"a\u{85}b.png\"", "ab.png"),
        ("filename=\"a\u{202E}gnp.exe\"", "agnp.exe"), ("filename=\"\u{2066}b\u{2069}\"", "b"),
        ("filename=\"line\u{2028}end.png\"", "lineend.png"), ("filename=\"שלום.png\"", "שלום.png"),
        ("filename=\"مرحبا.png\"", "مرحبا.png"), ("filename=\"日本語.png\"", "日本語.png"),
        ("filename=\"👩\u{200D}👩\u{200D}👧.png\"", "👩\u{200D}👩\u{200D}👧.png"),
        ("filename=\"می\u{200C}خواهم.png\"", "می\u{200C}خواهم.png"),
        ("filename=\"e\u{301}.png\"", "\u{E9}.png"), ("filename=\"\u{212B}.png\"", "\u{C5}.png"),
        ("filename=\"x/\u{301}y.png\"", "\u{301}y.png"), ("filename=\"ﬁ.png\"", "ﬁ.png"),
        (
          "filename=\"" + String(repeating: "l", count: 400) + ".png\"",
          String(repeating: "l", count: 251) + ".png"
        ),
        (
          "filename=\"" + String(repeating: "é", count: 300) + ".jpeg\"",
          String(repeating: "é", count: 125) + ".jpeg"
        ),
        ("filename*=UTF-8''na%C3%AFve.png", "naïve.png"),
        ("filename=\"plain2.png\"; filename*=utf-8'en'%e2%82%ac.png", "€.png"),
        ("filename*=iso-8859-1''%e9t%e9.png", "été.png"),
        ("filename*=UTF-8''..%2F..%2Fx.png", "x.png"),
        ("filename=\"fallback.png\"; filename*=UTF-8''%zz", "fallback.png"),
        ("filename*=koi8-r''%c1", "unnamed"),
        ("filename*0=\"long \"; filename*1=\"name.png\"", "long name.png"),
        ("filename*0*=UTF-8''%C3%A4; filename*1=\"b.png\"", "äb.png"),
        ("filename==?utf-8?B?w6kuanBn?=", "=?utf-8?B?w6kuanBn?="),
      ].map { (header: Array($0.0.utf8), kept: $0.1) } + [
        (Array("filename=\"".utf8) + [0x61, 0xE9, 0x62, 0x22], "a\u{FFFD}b"),
        (Array("filename=\"".utf8) + [0xC0, 0xAF, 0x63, 0x22], "\u{FFFD}\u{FFFD}c"),
        (Array("filename=\"".utf8) + [0xED, 0xA0, 0x80, 0x64, 0x22], "\u{FFFD}\u{FFFD}\u{FFFD}d"),
      ]

    @Test func everyNameIsKeptAndNoneIsAPath() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      var body: [UInt8] = []
      for (index, name) in Self.spelled.enumerated() {
        body += Array("--b\r\nContent-Disposition: form-data; name=\"files\"; ".utf8) + name.header
        body += [13, 10, 13, 10]
        body += Pictures.png(seed: UInt64(index), width: 8, height: 8) + [13, 10]
      }
      body += Array("--b--\r\n".utf8)
      try instance.unharmed {
        let answer = try Wire.exchange(
          "POST /requests/\(job.request)/uploads",
          ["Content-Type: multipart/form-data; boundary=b", "Authorization: Bearer \(job.token)"],
          body: body, instance)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try answer.json["errors"].elements.isEmpty)
      }
      let kept = try job.uploads().reversed().map { try $0["filename"].string }
      #expect(kept.count == Self.spelled.count)
      // Compared as bytes, because equal strings may differ in form.
      for (name, spelled) in zip(kept, Self.spelled) {
        #expect(
          Array(name.utf8) == Array(spelled.kept.utf8),
          "\(String(decoding: spelled.header, as: UTF8.self)) became \(name)")
      }
      expectNoStrangers(in: instance)
    }

    @Test func announcedNamesFollowTheSameRule() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let names = [
        (#"../../\u0000etc/passwd"#, "passwd"), (#"e\u0301.png"#, "\u{E9}.png"),
        (#"a\u202egnp.exe"#, "agnp.exe"), (#"C:\\x\\y.png"#, "y.png"), ("..", "unnamed"),
        (String(repeating: "n", count: 3000) + ".png", String(repeating: "n", count: 251) + ".png"),
      ]
      for name in names {
        let answer = try instance.send(
          "POST", "/uploads/presign", token: job.token,
          json: """
            {"request_id": "\(job.request)",
             "files": [{"filename": "\(name.0)", "content_type": "image/png"}]}
            """)
        let kept = try answer.json["uploads"][0]["filename"].string
        #expect(Array(kept.utf8) == Array(name.1.utf8))
      }
    }
  }
}
