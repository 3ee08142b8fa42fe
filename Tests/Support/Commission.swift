internal import Assay
internal import Web

/// A customer's request whose pictures an admin has assigned to a labeler.
package struct Commission: Sendable {
  package let customer: Person
  package let admin: Person
  package let labeler: Person
  /// The request's id.
  package let request: String
  /// The pictures' ids in the task's order, which is the order of the upload.
  package let images: [String]
  /// The task's id.
  package let task: String

  /// Makes the people, the request, the pictures and the task.
  package init(_ site: TestSite, pictures: Int = 2, classes: [String] = ["cat", "dog"]) throws {
    customer = try site.person(.customer)
    admin = try site.person(.admin)
    labeler = try site.person(.labeler)
    request = try site.request(by: customer, classes: classes)
    let files = (0..<pictures).map { index in
      (name: "\(index).png", bytes: Pictures.png(seed: UInt64(index + 1)))
    }
    images = try site.upload(files, to: request, by: customer).reversed()
    guard images.count == pictures else { throw Missing(description: "not all were taken") }
    task = try site.assign(request, to: labeler, by: admin)
  }

  /// Saves one picture's labels as the labeler.
  @discardableResult
  package func save(_ labels: [String], of image: String, _ client: Client) throws -> Answer {
    let names = labels.map { "\"\($0)\"" }.joined(separator: ",")
    return try client.send(
      "POST", "/tasks/\(task)/labels", as: labeler,
      json: #"{"image_id": "\#(image)", "labels": [\#(names)]}"#)
  }
}
