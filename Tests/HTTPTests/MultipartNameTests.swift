import HTTP
import Testing

@Suite struct MultipartNameTests {
  @Test(arguments: [
    (#"name="a""#, "a"), ("name=a", "a"), ("NAME = a ", "a"), (#"name="""#, ""),
    (#"name="a;b=c""#, "a;b=c"), (#"name="a\"b\\c""#, #"a"b\c"#),
    (#"name="a%22b%0D%0Ac%20""#, #"a"bc%20"#),
    (#";; name="größe";"#, "größe"), ("name=\"a\u{0}b\"", "ab"), ("x=y; name=a; z=\"\"", "a"),
  ])
  func fieldNamesAreRead(parameters: String, name: String) throws {
    let headers = try disposition(parameters)
    #expect(headers?.name == name)
    #expect(headers?.filename == nil)
  }

  @Test(arguments: [
    (#"filename="x.jpg""#, "x.jpg"), ("filename=x.jpg", "x.jpg"),
    ("filename=my file.jpg", "my file.jpg"),
    (#"filename="""#, ""), ("filename=", ""), (#"filename="a%22b.jpg""#, #"a"b.jpg"#),
    (#"filename="a\"b.jpg""#, #"a"b.jpg"#), (#"filename="100%25 %41.jpg""#, "100%25 %41.jpg"),
    (#"filename="C:\dir\x.jpg""#, "x.jpg"), (#"filename="C:\\dir\\x.jpg""#, "x.jpg"),
    (#"filename="/dir/x.jpg""#, "x.jpg"), (#"filename="..\../x.jpg""#, "x.jpg"),
    ("filename=\"a/\u{301}x.jpg\"", "\u{301}x.jpg"), (#"filename="dir/""#, "unnamed"),
    (#"filename="..""#, "unnamed"), (#"filename="a/.""#, "unnamed"), (#"filename="...""#, "..."),
    ("filename=\".\u{1}.\"", "unnamed"), ("filename=\"\u{0}\u{7f}\u{85}\"", "unnamed"),
    ("filename=\"a\u{0}b\tc\u{7f}.jpg\"", "abc.jpg"), (#"filename="a%0D%0Ab.jpg""#, "ab.jpg"),
    (#"filename="фото 👩‍👩‍👧.jpg""#, "фото 👩‍👩‍👧.jpg"), (#"filename="a;b=c.jpg""#, "a;b=c.jpg"),
  ])
  func fileNamesAreCleaned(parameter: String, filename: String) throws {
    #expect(try disposition("name=a; \(parameter)")?.filename == filename)
    #expect(try disposition("\(parameter); name=a")?.filename == filename)
  }

  @Test(arguments: [
    ("UTF-8''x.jpg", "x.jpg"), ("utf-8'en'na%C3%AFve%20x.jpg", "naïve x.jpg"),
    ("\"UTF-8''%e2%82%ac.jpg\"", "€.jpg"), ("iso-8859-1''%e9.jpg", "é.jpg"),
    ("UTF-8''..%2F..%5Cx.jpg", "x.jpg"), ("UTF-8''a%00%0a.jpg", "a.jpg"),
    ("UTF-8''it's.jpg", "it's.jpg"), ("UTF-8''%ff.jpg", "\u{fffd}.jpg"), ("UTF-8''", ""),
    ("UTF-8''a%22b", "a\"b"), ("UTF-8''%2522", "%22"),
  ])
  func theExtendedFileNameTakesPrecedence(value: String, filename: String) throws {
    let extended = "filename*=\(value)"
    #expect(try disposition("name=a; filename=plain.jpg; \(extended)")?.filename == filename)
    #expect(try disposition("name=a; \(extended); filename=plain.jpg")?.filename == filename)
    #expect(try disposition("name=a; \(extended)")?.filename == filename)
  }

  @Test(arguments: [
    ("filename*=UTF-8''%zz; filename=plain.jpg", "plain.jpg"),
    ("filename*=utf-7''a; filename=plain.jpg", "plain.jpg"), ("filename*=plain", "unnamed"),
    ("filename*=''a", "unnamed"), ("filename*=UTF-8''%zz", "unnamed"),
    ("filename*0=\"long \"; filename*1=\"name.jpg\"", "long name.jpg"),
    ("filename*1=b; filename*0=a", "ab"), ("filename*1=b", "unnamed"),
    ("filename*0*=UTF-8''na%C3%AF; filename*1=\"ve%41.jpg\"", "naïve%41.jpg"),
    ("filename*0*=UTF-8'en'na%C3; filename*1*=%AFve.jpg", "naïve.jpg"),
    ("filename*0*=naive.jpg; filename=plain.jpg", "plain.jpg"),
    ("filename==?utf-8?B?w6kuanBn?=", "=?utf-8?B?w6kuanBn?="),
  ])
  func everySpellingIsRead(parameters: String, filename: String) throws {
    #expect(try disposition("name=a; \(parameters)")?.filename == filename)
  }

  @Test func invalidUTF8IsReplaced() throws {
    let head = Array("--b\r\nContent-Disposition: form-data; name=a; filename=\"".utf8)
    let body = head + [0x61, 0xC0, 0xAF, 0x2E] + Array("\"\r\n\r\n\r\n--b--".utf8)
    #expect(try parts([body]).first?.headers.filename == "a\u{fffd}\u{fffd}.")
  }

  @Test(arguments: [
    (String(repeating: "x", count: 255), 255), (String(repeating: "x", count: 256), 255),
    (String(repeating: "é", count: 200), 254), (String(repeating: "😀", count: 100), 252),
    ("x" + String(repeating: "\u{301}", count: 300), 255),
  ])
  func longFileNamesAreCutBetweenCharacters(name: String, bytes: Int) throws {
    let filename = try disposition("name=a; filename=\"\(name)\"")?.filename ?? "missing"
    #expect(filename.utf8.count == bytes)
    #expect(name.utf8.starts(with: filename.utf8))
  }

  @Test func theMediaTypeIsRead() throws {
    let head = "Content-Disposition: form-data; name=a"
    let typed = try parts(
      form("\(head)\r\ncontent-TYPE:\t image/jpeg; q=\"1\" \r\nX-Other: \u{e9}"))
    #expect(typed.first?.headers.contentType == "image/jpeg; q=\"1\"")
    #expect(try parts(form(head)).first?.headers.contentType == nil)
  }

  @Test func continuedLinesAreJoined() throws {
    let folded = "Content-Disposition: form-data;\r\n name=\"a\";\r\n\tfilename=x.jpg\r\nX: y"
    let headers = try parts(form(folded)).first?.headers
    #expect(headers?.name == "a")
    #expect(headers?.filename == "x.jpg")
  }
}
