-- Claims tasks of one picture and submits them, one after the other; each thread is a person.
dofile(os.getenv("BENCH_SCRIPTS") .. "/report.lua")

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init()
  local tokens = {}
  for token in io.lines(os.getenv("BENCH_TOKENS")) do tokens[#tokens + 1] = token end
  headers = { ["Authorization"] = "Bearer " .. tokens[number + 1], ["Content-Type"] = "application/json" }
  first, count = tonumber(os.getenv("BENCH_FIRST")), 0
end

function request()
  local task = first + math.floor(count / 2) * 16 + number
  local is_claim = count % 2 == 0
  count = count + 1
  local path = string.format("/tasks/00000000-0000-0000-0000-%012d/", 96010000000 + task)
  if is_claim then return wrk.format("POST", path .. "claim", headers, "") end
  return wrk.format("POST", path .. "submit", headers, '{"label":"cat"}')
end
