-- KEYS: current number, versions hash. ARGV: the number it is based on (0: none), the version. Returns its number, or
-- minus the current number less one where another was published since.
local current = tonumber(redis.call('GET', KEYS[1]) or '0')
if current ~= tonumber(ARGV[1]) then return -current - 1 end
redis.call('HSET', KEYS[2], current + 1, ARGV[2])
redis.call('SET', KEYS[1], current + 1)
return current + 1
