-- KEYS: stream, head. ARGV: the hash it was chained to, its hash, the entry, the hash before the first.
-- Returns the entry's id, or nothing when another was faster.
if (redis.call('GET', KEYS[2]) or ARGV[4]) ~= ARGV[1] then return nil end
redis.call('SET', KEYS[2], ARGV[2])
return redis.call('XADD', KEYS[1], '*', 'h', ARGV[2], 'd', ARGV[3])
