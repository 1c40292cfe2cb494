-- KEYS: the delivery, the re-reads of its partition. ARGV: seconds to remember it, now, items. Returns 1 when it is new.
if not redis.call('SET', KEYS[1], ARGV[2], 'NX', 'EX', ARGV[1]) then return 0 end
for i = 3, #ARGV do redis.call('ZADD', KEYS[2], 'LT', ARGV[2], ARGV[i]) end
return 1
