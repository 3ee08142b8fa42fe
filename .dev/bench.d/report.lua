-- Ends every script, and is the whole of a plain GET: what happened, in one line for .dev/bench.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %.6f %.3f %.3f %d %d\n",
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
