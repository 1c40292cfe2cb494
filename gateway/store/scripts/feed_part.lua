-- One page's part of a feed, unless a newer one is there: a builder that was paused for long must not undo its
-- successor's work. Versions only grow, for they count decisions and changes of facts.
-- KEYS: heads, bodies. ARGV: page, version (decimal), head (begins with the version as f64), body. Returns 1 when kept.
local old = redis.call('HGET', KEYS[1], ARGV[1])
if old and struct.unpack('<d', old) > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[4])
return 1
