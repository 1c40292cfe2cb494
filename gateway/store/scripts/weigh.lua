-- Variants that one source's word would move into or out of `out`: which may, which wait for a person.
-- KEYS: crossed (variant -> when), held, passed, kept out (variant -> `when:what was told` each), sources with any.
-- ARGV: source, since (us, exclusive; '-inf': from the first on), forget up to (us; '': nothing), now, the most that may,
--   then (variant, what was told) per variant.
-- Returns a byte per variant: 0 waits, 1 may, 2 kept out for good; and how many wait now.
local call, source, since, now, most = redis.call, ARGV[1], ARGV[2], ARGV[4], tonumber(ARGV[5])
local WAITS, MAY, OUT = '\0', '\1', '\2'
if ARGV[3] ~= '' then call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3]) end
local count = call('ZCOUNT', KEYS[1], since == '-inf' and since or '(' .. since, '+inf')
local after = since == '-inf' and -1 or tonumber(since)
local results, n = {}, 0
for i = 6, #ARGV, 2 do
  local variant, told, result = ARGV[i], ARGV[i + 1], WAITS
  local kept_out = call('HGET', KEYS[4], variant)
  if call('HEXISTS', KEYS[3], variant) == 1 then
    result = MAY
  elseif kept_out and string.match(kept_out, '^%d+:(.*)$') == told then
    result = OUT
  elseif call('HEXISTS', KEYS[2], variant) == 0 then
    local at = call('ZSCORE', KEYS[1], variant)
    local counted = at and tonumber(at) > after
    if counted or count < most then
      if not counted then count = count + 1 end
      call('ZADD', KEYS[1], 'GT', now, variant)
      result = MAY
    end
  end
  if result == WAITS then
    call('HSET', KEYS[2], variant, now .. ':' .. told)
    call('HDEL', KEYS[4], variant)
    call('SADD', KEYS[5], source)
  end
  n = n + 1
  results[n] = result
end
return {table.concat(results), call('HLEN', KEYS[2])}
