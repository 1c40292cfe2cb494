-- KEYS: users, users by e-mail, users by name, tokens. ARGV: id, record, e-mail, name in lower case.
-- Returns 1, 0 when the e-mail is taken, or -1 when the name is, by a user or a token.
if redis.call('HEXISTS', KEYS[2], ARGV[3]) == 1 then return 0 end
if redis.call('HEXISTS', KEYS[3], ARGV[4]) == 1 then return -1 end
for _, raw in ipairs(redis.call('HVALS', KEYS[4])) do
  if string.lower(cjson.decode(raw).name) == ARGV[4] then return -1 end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[3], ARGV[1])
redis.call('HSET', KEYS[3], ARGV[4], ARGV[1])
return 1
