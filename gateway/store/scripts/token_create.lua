-- KEYS: tokens, users by name. ARGV: digest, record, name in lower case.
-- Returns 1, or 0 when a token or a user has the name.
if redis.call('HEXISTS', KEYS[2], ARGV[3]) == 1 then return 0 end
for _, raw in ipairs(redis.call('HVALS', KEYS[1])) do
  if string.lower(cjson.decode(raw).name) == ARGV[3] then return 0 end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
