-- KEYS: users, links, the user's sessions. ARGV: id, the record that was read, the record now,
-- the link this is done by ('': by none), '1' to end the sessions and the link.
-- Returns 1, or 0 when the record or the link is another by now: a link works once.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if ARGV[4] ~= '' and redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[4] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
if ARGV[5] == '1' then
  redis.call('HDEL', KEYS[2], ARGV[1])
  redis.call('DEL', KEYS[3])
end
return 1
