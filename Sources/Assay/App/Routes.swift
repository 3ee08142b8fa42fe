package import Web

/// Every endpoint of the application, feature by feature.
package enum Routes {
  /// All routes, in the order of the documentation.
  package static let all: [Route] =
    Accounts.routes + Sessions.routes + Profile.routes + Addresses.routes + Identities.routes
    + Users.routes + APIKeys.routes + Organizations.routes + Members.routes + Invitations.routes
    + ProjectMembers.routes
    + Projects.routes + Uploads.routes + Presigned.routes + Files.routes
    + Quality.routes + Clusters.routes + Pool.routes + Tasks.routes + TaskClaims.routes
    + Annotations.routes + Submission.routes + Results.routes + Gold.routes
    + Agreement.routes + Points.routes + Reports.routes
    + AccountList.routes + Admin.routes + Assignments.routes + Audit.routes
    + Documentation.routes
}
