internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

extension Invitations {
  /// The body that invites a person.
  struct Proposal: WireInput {
    let email: String
    let role: OrganizationRole

    static let inputs = Inputs(
      Proposal.init,
      .required("email", .email),
      .optional("role", .choice, default: .member))
  }

  /// The body that accepts an invitation.
  struct Acceptance: WireInput {
    let token: String
    static let inputs = Inputs(Acceptance.init, .required("token", .secret(1...1024)))
  }

  /// An invitation in a list.
  struct Offer: WireOutput {
    let id: ID<Invitation>
    let email: String
    let role: OrganizationRole
    let expires: Timestamp

    static let fields: Fields<Offer> = [
      Field("id") { $0.id },
      Field("email") { $0.email },
      Field("role") { $0.role.rawValue },
      Field("expires_at") { $0.expires },
    ]
  }

  /// The answer to a new invitation.
  struct Created: WireOutput {
    let offer: Offer
    let link: String
    /// The earlier invitation to the address, which this one has ended.
    let replaced: ID<Invitation>?
    /// Whether a letter will be sent; nil when the site sends none.
    let isLetterQueued: Bool?

    /// A sentence about the earlier invitation, and one about the letter.
    var message: String {
      let first =
        replaced == nil
        ? "The invitation has been created."
        : "The invitation replaces an earlier one to this address, whose link no longer works."
      let second =
        switch isLetterQueued {
        case true: "An e-mail with a link will be sent."
        case false:
          "No e-mail is sent, because the address has just received several: pass on the link."
        case nil: "This site sends no e-mail: pass on the link."
        }
      return "\(first) \(second)"
    }

    static let fields: Fields<Created> = [
      Field("id") { $0.offer.id },
      Field("email") { $0.offer.email },
      Field("role") { $0.offer.role.rawValue },
      Field("expires_at") { $0.offer.expires },
      Field("link") { $0.link },
      Field("replaces") { $0.replaced },
      Field("message") { $0.message },
    ]
  }
}
