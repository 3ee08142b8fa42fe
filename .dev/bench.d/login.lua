-- Signs in, as one labeler after the other.
dofile(os.getenv("BENCH_SCRIPTS") .. "/report.lua")

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init() count = 0 end

function request()
  local labeler = 2101 + number * 8 + count % 8
  count = count + 1
  return wrk.format("POST", "/auth/login", { ["Content-Type"] = "application/json" },
    '{"username":"bench-' .. labeler .. '","password":"' .. os.getenv("BENCH_PASSWORD") .. '"}')
end
