--@include variant
-- Rows of one partition that were judged outside, where they are still as they were read.
-- KEYS: due, moves, then the levels of each page. ARGV: at (us), how many spans, then per span `place of its page among the
--   pages, header, offset, the bytes as read, the bytes as they shall be, how many rows moved`, and per row moved: member,
--   what moved.
-- Returns a byte per span: 1 written, 0 something else was written meanwhile.
local at, call = ARGV[1], redis.call
local results, due, moved, moves, m, cursor = {}, {}, {}, {}, 0, 3
for s = 1, tonumber(ARGV[2]) do
  local key, from, old = KEYS[2 + tonumber(ARGV[cursor])], ARGV[cursor + 2], ARGV[cursor + 3]
  local fits = call('GETRANGE', key, '0', '7') == ARGV[cursor + 1]
    and call('GETRANGE', key, from, from + #old - 1) == old
  local rows = tonumber(ARGV[cursor + 5])
  if fits then
    call('SETRANGE', key, from, ARGV[cursor + 4])
    for i = cursor + 6, cursor + 4 + 2 * rows, 2 do
      m = m + 1
      moved[m], moves[m], due[2 * m - 1], due[2 * m] = ARGV[i], ARGV[i + 1], at, ARGV[i]
    end
  end
  results[s] = fits and '\1' or '\0'
  cursor = cursor + 6 + 2 * rows
end
if m > 0 then
  call('ZADD', KEYS[1], unpack(due))
  remember(KEYS[2], moved, moves)
end
return table.concat(results)
