import Assay
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

@Suite("GET /requests/{request}/qc/clusters")
struct ClusterTests {
  @Test func copiesFormACluster() throws {
    let inspected = try Inspected(.inline)
    try inspected.upload([
      "small.png": Pictures.png(seed: 1), "other.png": Pictures.png(seed: 2),
      "large.png": Pictures.png(seed: 1, width: 150, height: 100),
    ])
    #expect(try inspected.clusters().text == "[]")
    try inspected.run()
    let answer = try inspected.clusters()
    #expect(answer.status == 200)
    #expect(answer.keys == ["id", "state", "members"])
    let cluster = try #require(try answer.json.elements.first)
    #expect(try answer.json.elements.count == 1)
    let ids = try inspected.ids()
    #expect(try cluster["id"].string == ids["small.png"])
    #expect(try cluster["state"].string == "open")
    #expect(try Inspected.names(cluster) == ["large", "small"])
    let members = try cluster["members"].elements
    #expect(
      try members[0].keys == [
        "image_id", "filename", "content_type", "width", "height", "size_bytes", "preview_url",
        "excluded", "keep", "duplicate_of",
      ])
    #expect(try members[0]["width"].int == 150 && members[0]["height"].int == 100)
    #expect(try members[0]["size_bytes"].int > 15_000)
    #expect(try members[0]["preview_url"].string.contains("sig="))
    #expect(try members[0]["keep"].bool && members[0]["duplicate_of"] == .null)
    #expect(try !members[1]["keep"].bool)
    let sameness = try members[1]["duplicate_of"]
    #expect(try sameness["image_id"].string == ids["large.png"])
    #expect(try sameness["score"].double >= 0.9)
    #expect(try (0...34).contains(sameness["distance"].int))
    #expect(try sameness["correlation"].double > 0.9 && sameness["detail"].double > 0.9)
    #expect(try sameness["orientation"].int == 1)
    #expect(try sameness["part"].elements.count == 4)
  }

  /// Order: larger, then less compressed, then earlier; a damaged picture is never the original.
  @Test func theBestOriginalIsFirst() throws {
    let inspected = try Inspected(.inline)
    let names = ["a", "b", "c", "d", "e"]
    try inspected.upload([
      "a.png": Pictures.png(seed: 1), "b.png": Pictures.png(seed: 2),
      "c.png": Pictures.png(seed: 3, text: "Comment\u{0}much to say"),
      "d.png": Pictures.png(seed: 4, width: 100), "e.png": Pictures.png(seed: 5, width: 200),
    ])
    try inspected.run()
    for name in names.dropFirst() { try inspected.liken("a.png", "\(name).png", score: 0.8) }
    func order() throws -> [String] {
      try Inspected.names(#require(try inspected.clusters().json.elements.first))
    }
    #expect(try order() == ["e", "d", "c", "a", "b"])
    let largest = try inspected.ids()["e.png"]
    try inspected.site.owner().run(
      """
      update blob set damaged_at = now()
      where sha256 = (select sha256 from item where item_id = \(largest)::uuid)
      """)
    #expect(try order() == ["d", "c", "a", "b", "e"])
  }

  @Test func aChainIsOneClusterOfSeveralOriginals() throws {
    let inspected = try Inspected(.inline)
    try inspected.uploadDistinct(5)
    try inspected.run()
    try inspected.liken("0.png", "1.png", score: 0.9)
    try inspected.liken("1.png", "2.png", score: 0.7)
    try inspected.liken("3.png", "4.png", score: 0.49)
    let clusters = try inspected.clusters().json.elements
    #expect(try clusters.map(Inspected.names) == [["0", "1", "2"]])
    let members = try clusters[0]["members"].elements
    #expect(try members.map { try $0["keep"].bool } == [true, false, true])
    #expect(try members[1]["duplicate_of"]["score"].double == 0.9)
  }

  @Test func pagesAreNewestFirst() throws {
    let inspected = try Inspected(.inline)
    try inspected.uploadDistinct(6)
    try inspected.run()
    for first in [0, 2, 4] {
      try inspected.liken("\(first).png", "\(first + 1).png", score: 0.8)
    }
    let all = try inspected.clusters().json.elements
    let ids = try inspected.ids()
    #expect(try all.map { try $0["id"].string } == ["4.png", "2.png", "0.png"].map { ids[$0] })
    let page = try inspected.clusters("?limit=2")
    #expect(try page.json.elements == Array(all.prefix(2)))
    let last = try all[1]["id"].string
    #expect(
      page.headers["Link"]
        == "</requests/\(inspected.request)/qc/clusters?limit=2&after=\(last)>; rel=\"next\"")
    #expect(try inspected.clusters("?after=\(last)").json.elements == [all[2]])
  }

  @Test func clustersContainOnlyPicturesOfTheRequest() throws {
    let first = try Inspected(.inline)
    try first.upload(["small.png": Pictures.png(seed: 1)])
    try first.run()
    let second = try Inspected(first.site, by: first.customer)
    try second.upload(["large.png": Pictures.png(seed: 1, width: 150, height: 100)])
    try second.run()
    #expect(try first.checked()["small.png"]?.flags.first == "near_duplicate")
    #expect(try first.clusters().text == "[]")
    #expect(try second.clusters().text == "[]")
  }

  @Test func deletedPicturesAreInNoCluster() throws {
    let inspected = try Inspected(.inline)
    try inspected.uploadDistinct(4)
    try inspected.run()
    try inspected.liken("0.png", "1.png", score: 0.8)
    try inspected.liken("2.png", "3.png", score: 0.8)
    let ids = try inspected.ids()
    let gone = try #require(ids["0.png"])
    #expect(
      try inspected.site.send("DELETE", "/api/files/\(gone)", as: inspected.customer).status == 200)
    try inspected.site.owner().run(
      """
      update item set state = 'excluded', excluded_because = 'manual' where filename = '3.png'
      """)
    #expect(try inspected.clusters().text == "[]")
  }

  @Test func othersAreRefused() throws {
    let inspected = try Inspected(.inline)
    try inspected.uploadDistinct(2)
    try inspected.run()
    try inspected.liken("0.png", "1.png", score: 0.8)
    let (site, request) = (inspected.site, inspected.request)
    let (labeler, other) = (try site.person(.labeler), try site.person(.customer))
    let cluster = try #require(try inspected.ids()["0.png"])
    for (method, path) in [
      ("GET", "clusters"), ("POST", "clusters/resolve"), ("POST", "clusters/restore"),
      ("POST", "clusters/\(cluster)/resolve"), ("POST", "clusters/\(cluster)/restore"),
      ("GET", "results/\(cluster)"), ("POST", "cancel"),
    ] {
      try expectGuarded(site, method, "/requests/\(request)/qc/\(path)", against: labeler)
      try expectHidden(
        site, method, { "/requests/\($0)/qc/\(path)" }, foreign: request, as: other)
    }
    let mine = try Inspected(site, by: other)
    for (method, path) in [
      ("POST", "clusters/{}/resolve"), ("POST", "clusters/{}/restore"), ("GET", "results/{}"),
    ] {
      let parts = path.split(separator: "{").map(String.init)
      try expectHidden(
        site, method,
        { "/requests/\(mine.request)/qc/\(parts[0])\($0)\(parts[1].dropFirst())" },
        foreign: cluster, as: other)
    }
    #expect(
      try Inspected.names(#require(try inspected.clusters().json.elements.first)) == ["0", "1"])
    let admin = try site.person(.admin)
    #expect(
      try site.send("POST", "/requests/\(request)/qc/clusters/resolve", as: admin).status == 200)
  }
}
