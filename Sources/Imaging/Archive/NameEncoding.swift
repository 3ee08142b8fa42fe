/// The character sets for the names in an archive, with the words that clients use.
package enum NameEncoding: String, CaseIterable, Sendable {
  case utf8 = "utf-8"
  case cp932
  case shiftJIS = "shift_jis"
  case eucJP = "euc-jp"
  case big5
  case big5HKSCS = "big5-hkscs"
  case gbk
  case gb18030
  case cp949
  case eucKR = "euc-kr"
  case cp437
  case cp850
  case cp852
  case cp866
  case cp1250
  case cp1251
  case cp1252
  case koi8R = "koi8-r"

  /// The encoding with this name, in upper or lower case; nil when it is not supported.
  package init?(named name: String) { self.init(rawValue: name.lowercased()) }

  /// Its name in iconv; that of the larger set when programs use the name of a smaller one for it.
  package var iconvName: String {
    switch self {
    case .shiftJIS: "CP932"
    case .gbk: "GB18030"
    case .eucKR, .cp949: "CP949"
    default: rawValue.uppercased()
    }
  }
}
