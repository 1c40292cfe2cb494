--@include variant
-- KEYS: facts hash, due. ARGV: prefix, at, pools, then per variant: id, row, facts. Returns 1 per variant that changed.
local results = {}
for i = 4, #ARGV, 3 do
  local id, row, facts = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2]
  local changed = redis.call('HGET', KEYS[1], id) ~= facts
  if changed then
    redis.call('HSET', KEYS[1], id, facts)
    local key = ARGV[1] .. 'states:' .. string.format('%d', math.floor(row / 64))
    touch(key, KEYS[2], row, tonumber(ARGV[3]), ARGV[2], true)
  end
  results[#results + 1] = changed and 1 or 0
end
return results
