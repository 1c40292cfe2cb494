-- KEYS: restocks, due. ARGV: row, the restock as it must still be, as it shall be, when to decide it again (0: not).
-- Returns 1 when it was still so.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
if ARGV[4] ~= '0' then redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1]) end
return 1
