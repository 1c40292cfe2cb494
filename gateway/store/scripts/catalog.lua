--@include variant
-- Catalogue facts and blocks of variants of one partition, and the mark that follows a change, in one step.
-- KEYS: facts, delisted, blocked, due, moves, rates. ARGV: verb, prefix, pools, at, then (row, id, value) per variant.
-- Returns 1 per variant that changed.
local facts, delisted, blocked, due = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local verb, prefix, pools, at = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local results = {}
for i = 5, #ARGV, 3 do
  local row, id, value = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2]
  local kept, was_delisted = redis.call('HGET', facts, id) or '', redis.call('SISMEMBER', delisted, id)
  local before = 'c' .. was_delisted .. struct.pack('<I4', #kept) .. kept
  local changed
  if verb == 'put' then
    changed = redis.call('SREM', delisted, id) == 1
    if kept ~= value then
      redis.call('HSET', facts, id, value)
      changed = true
    end
  elseif verb == 'delist' then -- the value names the product (JSON) that no longer lists it
    local product = kept ~= '' and cjson.decode(kept).product
    local named = cjson.decode(value)
    changed = product and product.id == named[2] and product.source == named[1]
      and redis.call('SADD', delisted, id) == 1
  elseif verb == 'rate' then
    local rate = redis.call('HGET', KEYS[6], id) or ''
    before, changed = 'u' .. struct.pack('<I4', #rate) .. rate, rate ~= value
    if value == '' then redis.call('HDEL', KEYS[6], id) else redis.call('HSET', KEYS[6], id, value) end
  else
    before = 'b' .. redis.call('SISMEMBER', blocked, id)
    changed = redis.call(value == '1' and 'SADD' or 'SREM', blocked, id) == 1
  end
  if changed then
    local states = prefix .. 'states:' .. text(math.floor(row / 64))
    local place = 8 + (row % 64) * (HEAD + STATE * pools_of(states, pools)) + 12
    local count = padded(redis.call('GETRANGE', states, place, place + 3), 4)
    redis.call('SETRANGE', states, place, struct.pack('<I4', (u32(count, 1) + 1) % 4294967296))
    redis.call('ZADD', due, at, row)
    remember(KEYS[5], {row}, {before})
  end
  results[#results + 1] = changed and 1 or 0
end
return results
