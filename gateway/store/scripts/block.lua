--@include variant
-- KEYS: blocked set, due, states page. ARGV: variant, blocked, row, pools, at.
local moved = redis.call(ARGV[2] == '1' and 'SADD' or 'SREM', KEYS[1], ARGV[1])
if moved == 1 then touch(KEYS[3], KEYS[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], true) end
return moved
