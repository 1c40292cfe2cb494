-- A person's word on what one source has waiting: all of it goes to those that may pass, or that are kept out.
-- KEYS: held, where it goes, tasks. ARGV: the task that follows, now (us). Returns how many.
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2000 do redis.call('HSET', KEYS[2], unpack(all, i, math.min(i + 1999, #all))) end
redis.call('DEL', KEYS[1])
redis.call('ZADD', KEYS[3], 'LT', ARGV[2], ARGV[1])
return #all / 2
