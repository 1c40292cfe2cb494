-- Gives leased work back with how far it is, unless it was marked meanwhile: then it begins anew.
-- KEYS: set, rows. ARGV: member, token, when to be due again (us), row.
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if score and tonumber(score) == tonumber(ARGV[2]) then
  redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[4])
  return 1
end
return 0
