internal import HTTP
internal import Postgres
internal import Site
internal import Vocabulary
internal import Web

/// The leaderboard, and the caller's own statistics.
enum Points {
  static let routes: [Route] = [
    .on(
      .root, .get, "/leaderboard", for: .signedIn, "points.leaderboard",
      "Ranks people by their settled points; equal points share a rank.",
      parameters: Filter.parameters, gives: .array(Rank.schema), paging: .offset, leaderboard),
    .on(
      .root, .get, "/leaderboard/me", for: .signedIn, "points.place",
      "Returns the caller's row of the leaderboard; its rank is null without an answer.",
      parameters: Filter.parameters, gives: Place.schema, place),
    .on(
      .root, .get, "/me/stats", for: .signedIn, "points.statistics",
      "Returns the caller's answers and points of the last 30 days, by UTC day.",
      gives: Statistics.schema, statistics),
  ]

  private static func leaderboard(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let query = try request.query()
    let filter = try Filter(query)
    let limit = try query.int("limit", Paging.limits) ?? 100
    let offset = try query.int("offset", Paging.offsets) ?? 0
    try expectShown(filter, context)
    return .json(
      try PointsQueries.leaderboard(filter, limit: limit, offset: offset, context.db))
  }

  private static func place(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let filter = try Filter(try request.query())
    try expectShown(filter, context)
    return .json(try PointsQueries.place(of: caller.id, filter, context.db))
  }

  /// Checks that the caller may see the leaderboard of the request, if one is named.
  /// - Throws: 404 otherwise.
  private static func expectShown(_ filter: Filter, _ context: Context) throws {
    guard let project = filter.project else { return }
    guard try PointsQueries.showsLeaderboard(of: project, context.db) else {
      throw Problem.notFound("request")
    }
  }

  private static func statistics(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    .json(
      Statistics(
        days: try PointsQueries.days(of: caller.id, context.db),
        pace: try PointsQueries.pace(context.db),
        streak: try PointsQueries.streak(of: caller.id, context.db)))
  }
}
