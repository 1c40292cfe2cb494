-- Variants that are decided: nothing of theirs waits any longer. A doubt without any is over.
-- KEYS: doubts, their order, then held, passed, kept out per source. ARGV: sources, the doubt of each, then variants.
local sources, call = tonumber(ARGV[1]), redis.call
for s = 1, sources do
  for k = 3 * s, 3 * s + 2 do
    for i = sources + 2, #ARGV do call('HDEL', KEYS[k], ARGV[i]) end
  end
  if call('EXISTS', KEYS[3 * s]) == 0 then
    call('HDEL', KEYS[1], ARGV[s + 1])
    call('ZREM', KEYS[2], ARGV[s + 1])
  end
end
return 1
