-- Gathers the statistics by which statements are planned, with what the migrations before this one
-- have told of tenants. A migration of its own: it holds no lock for which a request waits.
analyze;
