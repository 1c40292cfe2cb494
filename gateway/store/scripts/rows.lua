-- KEYS: hash id -> row, list row -> id. ARGV: ids. Returns their rows.
local rows = {}
for i, id in ipairs(ARGV) do
  local row = redis.call('HGET', KEYS[1], id)
  if not row then
    row = redis.call('RPUSH', KEYS[2], id) - 1
    redis.call('HSET', KEYS[1], id, row)
  end
  rows[i] = tonumber(row)
end
return rows
