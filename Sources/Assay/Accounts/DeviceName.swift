internal import HTTP

/// Names the device of a session by the program's User-Agent header.
package enum DeviceName {
  /// Returns the name for a request's header; nil without one.
  static func of(_ request: Request) -> String? { of(request.header("USER_AGENT") ?? "") }

  /// Returns `Firefox on Windows` for a browser, and the first word, as in `curl/8.14.1`, for another
  /// program.
  package static func of(_ userAgent: String) -> String? {
    guard userAgent.hasPrefix("Mozilla/") else { return program(userAgent) }
    let browser = browsers.first { userAgent.contains($0.mark) }?.name
    let system = systems.first { userAgent.contains($0.mark) }?.name
    switch (browser, system) {
    case (let browser?, let system?): return "\(browser) on \(system)"
    case (let browser, let system): return browser ?? system ?? "Browser"
    }
  }

  /// The longest name of a program.
  private static let longest = 60

  private static func program(_ userAgent: String) -> String? {
    let word = userAgent.unicodeScalars.prefix { $0.value > 32 && $0.value < 127 }.prefix(longest)
    return word.isEmpty ? nil : String(word)
  }

  /// Browsers, each before those whose mark its header contains, too.
  private static let browsers = [
    (mark: "Edg", name: "Edge"), (mark: "OPR/", name: "Opera"),
    (mark: "SamsungBrowser/", name: "Samsung Internet"), (mark: "Firefox/", name: "Firefox"),
    (mark: "FxiOS/", name: "Firefox"), (mark: "CriOS/", name: "Chrome"),
    (mark: "Chrome/", name: "Chrome"), (mark: "Safari/", name: "Safari"),
  ]

  /// Systems, each before those whose mark its header contains, too.
  private static let systems = [
    (mark: "iPhone", name: "iPhone"), (mark: "iPad", name: "iPad"),
    (mark: "Android", name: "Android"), (mark: "CrOS", name: "ChromeOS"),
    (mark: "Windows", name: "Windows"), (mark: "Mac OS X", name: "macOS"),
    (mark: "Linux", name: "Linux"),
  ]
}
