import Assay
import Testing

/// The names of devices in the list of sessions, by the headers of real programs.
@Suite("Names of devices")
struct DeviceNameTests {
  private static let shared = "Mozilla/5.0"
  private static let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)"

  @Test(arguments: [
    (
      "\(shared) (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
      "Firefox on Windows"
    ),
    (
      "\(shared) (Windows NT 10.0; Win64; x64) \(webkit) Chrome/138.0 Safari/537.36 Edg/138.0",
      "Edge on Windows"
    ),
    (
      "\(shared) (Windows NT 10.0) \(webkit) Chrome/138.0 Safari/537.36 OPR/120.0",
      "Opera on Windows"
    ),
    (
      "\(shared) (X11; CrOS x86_64 14541.0.0) \(webkit) Chrome/138.0 Safari/537.36",
      "Chrome on ChromeOS"
    ),
    (
      "\(shared) (Linux; Android 14; SM-S918B) \(webkit) SamsungBrowser/27.0 Chrome/125.0 Safari/537.36",
      "Samsung Internet on Android"
    ),
    (
      "\(shared) (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15",
      "Safari on macOS"
    ),
    (
      "\(shared) (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/138.0 Safari/604.1",
      "Chrome on iPhone"
    ),
    (
      "\(shared) (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 FxiOS/140.0 Safari/605.1.15",
      "Firefox on iPad"
    ),
    ("\(shared) (compatible)", "Browser"), ("\(shared) (Linux)", "Linux"),
    ("curl/8.14.1", "curl/8.14.1"), ("python-httpx/0.28.1", "python-httpx/0.28.1"),
    ("PostmanRuntime/7.44 (macOS)", "PostmanRuntime/7.44"),
  ])
  func aProgramIsNamed(_ userAgent: String, _ name: String) {
    #expect(DeviceName.of(userAgent) == name)
  }

  @Test(arguments: ["", " x", "\u{e9}", "\u{7}bell", "\u{202E}evil"])
  func aHeaderWithoutAWordGivesNoName(_ userAgent: String) {
    #expect(DeviceName.of(userAgent) == nil)
  }

  @Test func aLongNameIsCut() {
    let long = String(repeating: "x", count: 10_000)
    #expect(DeviceName.of(long) == String(repeating: "x", count: 60))
  }
}
