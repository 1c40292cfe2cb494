-- KEYS: number in force, versions. ARGV: the number the edit is based on, the version. Returns {published, number}.
local current = tonumber(redis.call('GET', KEYS[1]) or '0')
if current ~= tonumber(ARGV[1]) then return {0, current} end
redis.call('HSET', KEYS[2], current + 1, ARGV[2])
redis.call('SET', KEYS[1], current + 1)
return {1, current + 1}
