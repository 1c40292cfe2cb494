-- KEYS: number in force, versions, redecisions.
-- ARGV: the number the edit is based on, the version, its time (us). Returns {published, number}.
-- That what it touches is decided again is wanted in the same step, so that no crash can leave a version half in force.
local current = tonumber(redis.call('GET', KEYS[1]) or '0')
if current ~= tonumber(ARGV[1]) then return {0, current} end
local number = current + 1
redis.call('HSET', KEYS[2], number, ARGV[2])
redis.call('SET', KEYS[1], number)
redis.call('ZADD', KEYS[3], ARGV[3], number, ARGV[3], number .. ':audit')
return {1, number}
