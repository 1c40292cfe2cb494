--@include variant
--@include read_rows
-- One variant with everything a decision of it is made of, at one moment.
-- KEYS: the partition's prefix, due, moves, facts, delisted, blocked, rates. ARGV: row, id.
-- Returns what read_rows does, then when it is due, what moved since its last decision, its facts, whether delisted,
-- whether blocked, its rate.
local read = read_rows(KEYS[1], {tonumber(ARGV[1])})
return {read[1], read[2], read[3], redis.call('ZSCORE', KEYS[2], ARGV[1]) or '0',
  redis.call('HGET', KEYS[3], ARGV[1]) or '', redis.call('HGET', KEYS[4], ARGV[2]) or '',
  redis.call('SISMEMBER', KEYS[5], ARGV[2]), redis.call('SISMEMBER', KEYS[6], ARGV[2]),
  redis.call('HGET', KEYS[7], ARGV[2]) or ''}
