-- KEYS: hash id -> `first:last:count:facts`, order, silenced (id -> the words that a person dismissed).
-- ARGV: id, now, facts, the words. Returns how often it was raised; 0: a person dismissed it in the same words.
if redis.call('HGET', KEYS[3], ARGV[1]) == ARGV[4] then return 0 end
local first, count = ARGV[2], 1
local old = redis.call('HGET', KEYS[1], ARGV[1])
if old then
  local since, times = string.match(old, '^(%d+):%d+:(%d+):')
  first, count = since, tonumber(times) + 1
end
redis.call('HSET', KEYS[1], ARGV[1], first .. ':' .. ARGV[2] .. ':' .. count .. ':' .. ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
return count
