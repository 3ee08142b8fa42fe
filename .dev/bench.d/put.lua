-- Puts pictures to addresses, one file a request; each thread goes through its half of them.
dofile(os.getenv("BENCH_SCRIPTS") .. "/report.lua")

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init()
  pictures, paths = {}, {}
  for name in io.lines(os.getenv("BENCH_PICTURES")) do
    local file = assert(io.open(name, "rb"))
    pictures[#pictures + 1] = file:read("*a")
    file:close()
  end
  local line = 0
  for path in io.lines(os.getenv("BENCH_PATHS")) do
    if line % 2 == number then paths[#paths + 1] = path end
    line = line + 1
  end
  count = 0
end

function request()
  count = count + 1
  return wrk.format("PUT", paths[count % #paths + 1], { ["Content-Type"] = "image/jpeg" },
    pictures[count % #pictures + 1])
end
