--@include variant
--@include read_rows
-- One variant with everything a decision of it is made of, at one moment.
-- KEYS: the partition's prefix, moves, facts, delisted, blocked. ARGV: row, id.
-- Returns what read_rows does, then what moved since its last decision, its facts, whether delisted, whether blocked.
local read = read_rows(KEYS[1], {tonumber(ARGV[1])})
return {read[1], read[2], read[3], redis.call('HGET', KEYS[2], ARGV[1]) or '', redis.call('HGET', KEYS[3], ARGV[2]) or '',
  redis.call('SISMEMBER', KEYS[4], ARGV[2]), redis.call('SISMEMBER', KEYS[5], ARGV[2])}
