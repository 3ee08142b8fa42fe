-- Uploads twenty pictures a request. A comment behind the first marker makes each one new.
dofile(os.getenv("BENCH_SCRIPTS") .. "/report.lua")

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init()
  pictures = {}
  for path in io.lines(os.getenv("BENCH_PICTURES")) do
    local file = assert(io.open(path, "rb"))
    -- Without the two bytes of the start marker.
    pictures[#pictures + 1] = file:read("*a"):sub(3)
    file:close()
  end
  count = 0
  stamp = os.getenv("BENCH_FIRST")
end

function request()
  local parts = {}
  for index, picture in ipairs(pictures) do
    count = count + 1
    local comment = string.format("%14s%2d%14d", stamp, number, count)
    parts[#parts + 1] = '--assay-bench\r\nContent-Disposition: form-data; name="files"; filename="'
      .. index .. '.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    -- FF FE, a length that counts itself, the text.
    parts[#parts + 1] = "\255\216\255\254\0" .. string.char(#comment + 2) .. comment
    parts[#parts + 1] = picture
    parts[#parts + 1] = "\r\n"
  end
  parts[#parts + 1] = "--assay-bench--\r\n"
  return wrk.format("POST", nil,
    { ["Authorization"] = os.getenv("BENCH_AUTHORIZATION"),
      ["Content-Type"] = "multipart/form-data; boundary=assay-bench" },
    table.concat(parts))
end
