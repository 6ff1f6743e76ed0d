-- Posts pre-signed bodies, each once: the file's lines are "signature<TAB>body", and every thread
-- takes its own share. Prints one JSON line at the end.
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(args)
  bodies, at, step = {}, 1, tonumber(args[2])
  local line_number = 0
  for line in io.lines(args[1]) do
    if line_number % step == number then
      local signature, body = line:match("^([^\t]+)\t(.*)$")
      bodies[#bodies + 1] = { signature, body }
    end
    line_number = line_number + 1
  end
end

function request()
  local one = bodies[at]
  at = at % #bodies + 1
  local headers = { ["Content-Type"] = "application/json", ["x-line-signature"] = one[1] }
  return wrk.format("POST", "/callback", headers, one[2])
end

function done(summary, latency, requests)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.status + summary.errors.timeout
  io.write(string.format(
    '{"rate": %.1f, "p50_ms": %.2f, "p99_ms": %.2f, "failed": %d}\n',
    (summary.requests - summary.errors.status) / (summary.duration / 1e6), latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, failed))
end
