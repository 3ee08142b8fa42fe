/// Refuses common passwords, also with additions such as digits.
enum CommonPasswords {
  /// Whether a password is common, a row of keys or numbers, one repeated piece, or the owner's
  /// name.
  static func contain(_ password: String, names: [String] = []) -> Bool {
    let folded = password.lowercased()
    let letters = folded.unicodeScalars.map { String(unmasked[$0] ?? $0) }.joined()
    let bare = [folded, letters].map(trimmed)
    return !words.isDisjoint(with: [folded, letters] + bare) || isRow(folded)
      || isRepeated(folded) || names.contains { isName($0, in: folded) }
  }

  /// Characters that replace letters, as in `p@ssw0rd`.
  private static let unmasked: [Unicode.Scalar: Unicode.Scalar] = [
    "@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "5": "s", "$": "s", "7": "t",
  ]

  /// Removes the digits and signs at the ends, as in `password2024!`.
  private static func trimmed(_ text: String) -> String {
    let start = text.drop { !$0.isLetter }
    guard let end = start.lastIndex(where: \.isLetter) else { return text }
    return String(start[...end])
  }

  /// Whether the text runs along a row, in either direction: `87654321`, `qwertyuiop`, `abcdefgh`.
  private static func isRow(_ text: String) -> Bool {
    rows.contains { $0.contains(text) || String($0.reversed()).contains(text) }
  }

  private static let rows = [
    "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn", "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "!@#$%^&*()_+",
  ]

  /// Whether the text repeats a short piece: `aaaaaaaa`, `12341234`, `abcabcabc`.
  private static func isRepeated(_ text: String) -> Bool {
    let text = Array(text)
    return (1...4).contains { length in
      text.count > length && text.indices.allSatisfy { text[$0] == text[$0 % length] }
    }
  }

  /// Whether the text is a name with few other characters: `ada.lovelace1`.
  private static func isName(_ name: String, in folded: String) -> Bool {
    let name = name.lowercased()
    guard name.count >= 4, folded.contains(name) else { return false }
    return folded.count - name.count < 4
  }

  private static let words = Set(
    """
    password passwort passwords passwd pass word passw pword mypassword yourpassword thepassword
    newpassword oldpassword changeme changeit changethis letmein letmeinnow letmeinplease welcome
    welcomehome welcometo admin administrator adminadmin root rootroot toor user username login
    guest default secret topsecret secrets test testing tester testtest testuser demo demodemo
    example sample temp temporary qwerty qwertyui qwertyuiop qwertz azerty asdfgh asdfghjk asdfghjkl
    zxcvbn zxcvbnm qazwsx qazwsxedc iloveyou iloveu iloveme ilovegod iloveyouso loveyou lovely
    lovers loveme mylove trustno trustnoone monkey monkeys dragon dragons sunshine princess
    football baseball basketball softball volleyball soccer hockey golfer superman batman spiderman
    ironman starwars startrek pokemon pikachu naruto minecraft fortnite master masters hunter
    shadow ninja mustang ferrari porsche corvette mercedes yamaha harley jordan michael jennifer
    jessica michelle ashley nicole daniel andrew joshua matthew anthony charlie thomas robert
    william alexander samantha elizabeth stephanie christopher jonathan benjamin victoria maggie
    buster tigger ginger pepper cookie cookies chocolate banana bananas cheese butterfly flower
    flowers rainbow sunflower summer winter spring autumn january february march april june july
    august september october november december monday tuesday wednesday thursday friday saturday
    sunday computer internet google facebook youtube instagram twitter linkedin samsung iphone
    android microsoft windows apple macintosh linux ubuntu debian postgres database server
    cristina cristian freedom forever friends friend family babygirl babyboy angel angels killer
    whatever nothing anything something blahblah hello helloworld hellohello goodbye computer1
    internet1 access access14 biteme fuckyou fuckoff asshole bullshit jesus jesuschrist christ
    liverpool chelsea arsenal barcelona realmadrid juventus manchester unitedstates america
    canada london paris germany england australia mexico brasil brazil iran tehran india pakistan
    abcd abcde abcdef abcdefg abcdefgh aaaaaa aabbcc abcabc abc123 aa123456 a123456 a1b2c3d4
    a1b2c3d4e5 q1w2e3r4 1q2w3e4r 1q2w3e4r5t 1qaz2wsx zaq12wsx zaq1zaq1 qwer1234 qwerty123 qwe123
    asdf1234 zxcv1234 pass1234 passpass passw0rd p4ssw0rd admin123 root123 test1234 123123123
    123321123 11223344 12344321 1234554321 123654789 147258369 159357456 741852963 789456123
    987654321 121212 131313 696969 112233 10203040 102030 18436572 19841984 20002000 55555555
    66666666 77777777 88888888 99999999 00000000 assay assayassay labeler labeller labeling
    labelling customer reviewer viewer universal correcthorsebatterystaple correct horse
    """.split(whereSeparator: \.isWhitespace).map(String.init))
}
