-- Labels pictures as sixteen labelers do: each goes through their own 200 tasks of 20 pictures.
dofile(os.getenv("BENCH_SCRIPTS") .. "/report.lua")

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

local function id(n) return string.format("00000000-0000-0000-0000-%012d", n) end

function init()
  -- Sixteen lines, for the labelers 2101 to 2116; half of them for each of two threads.
  tokens = {}
  for token in io.lines(os.getenv("BENCH_TOKENS")) do tokens[#tokens + 1] = token end
  count = 0
  first = tonumber(os.getenv("BENCH_FIRST"))
end

function request()
  local labeler = number * 8 + count % 8
  local picture = (first + math.floor(count / 8)) % 4000
  count = count + 1
  local path = "/tasks/" .. id(6e9 + (2101 + labeler) * 1000 + math.floor(picture / 20)) .. "/labels"
  local item = id(5e9 + (2011 + math.floor(picture / 1000)) * 1000 + picture % 1000)
  return wrk.format("POST", path,
    { ["Authorization"] = "Bearer " .. tokens[labeler + 1], ["Content-Type"] = "application/json" },
    '{"image_id":"' .. item .. '","labels":["class-2","class-4"]}')
end
