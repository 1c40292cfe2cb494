-- KEYS: value. ARGV: the value it must still have (empty: absent), the new one. Returns 1 when swapped.
local old = redis.call('GET', KEYS[1]) or ''
if old ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
