--@include variant
-- Catalogue facts and blocks of variants of one partition, and the mark that follows a change, in one step.
-- KEYS: facts, delisted, blocked, due. ARGV: verb, prefix, pools, at, then (row, id, value) per variant.
-- Returns 1 per variant that changed.
local facts, delisted, blocked, due = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local verb, prefix, pools, at = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local results = {}
for i = 5, #ARGV, 3 do
  local row, id, value = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2]
  local changed
  if verb == 'put' then
    changed = redis.call('SREM', delisted, id) == 1
    if redis.call('HGET', facts, id) ~= value then
      redis.call('HSET', facts, id, value)
      changed = true
    end
  elseif verb == 'delist' then -- the value names the product (JSON) that no longer lists it
    local kept = redis.call('HGET', facts, id)
    local product = kept and cjson.decode(kept).product
    local named = cjson.decode(value)
    changed = product and product.id == named[2] and product.source == named[1]
      and redis.call('SADD', delisted, id) == 1
  elseif value == '1' then
    changed = redis.call('SADD', blocked, id) == 1
  else
    changed = redis.call('SREM', blocked, id) == 1
  end
  if changed then
    touch(prefix .. 'states:' .. string.format('%d', math.floor(row / 64)), due, row, pools, at, true)
  end
  results[#results + 1] = changed and 1 or 0
end
return results
