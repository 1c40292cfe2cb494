-- Drops entries that nothing stands behind, where they are as they were read. KEYS: hash. ARGV: (variant, value) each.
local dropped = 0
for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then dropped = dropped + redis.call('HDEL', KEYS[1], ARGV[i]) end
end
return dropped
