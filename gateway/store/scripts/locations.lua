-- KEYS: hash, counter, what the hash held at each count. ARGV: (field, value)... Returns 1 per field that changed;
-- counts once when any did.
local results, any = {}, false
for i = 1, #ARGV, 2 do
  local changed = redis.call('HGET', KEYS[1], ARGV[i]) ~= ARGV[i + 1]
  if changed then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
    any = true
  end
  results[#results + 1] = changed and 1 or 0
end
if any then redis.call('HSET', KEYS[3], redis.call('INCR', KEYS[2]), cjson.encode(redis.call('HVALS', KEYS[1]))) end
return results
