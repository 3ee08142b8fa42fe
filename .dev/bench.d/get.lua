-- Gets one address after the other.
dofile(os.getenv("BENCH_SCRIPTS") .. "/report.lua")

function init()
  paths = {}
  for path in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = path end
  count = 0
end

function request()
  count = count + 1
  return wrk.format("GET", paths[count % #paths + 1])
end
