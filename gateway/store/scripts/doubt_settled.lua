-- Closes a doubt with a person's word, unless it says something else by now.
-- KEYS: doubts, order, owners, silenced, settled. ARGV: id, its facts as they were read, the word as it is kept, the
--   words to be silent about from now on (''; none), how many words are kept. Returns whether it was closed.
local raw = redis.call('HGET', KEYS[1], ARGV[1])
if not raw or string.match(raw, '^%d+:%d+:%d+:(.*)$') ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[4], ARGV[1], ARGV[4]) end
redis.call('LPUSH', KEYS[5], ARGV[3])
redis.call('LTRIM', KEYS[5], 0, tonumber(ARGV[5]) - 1)
return 1
