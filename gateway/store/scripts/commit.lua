--@include variant
--@include outbox_put
-- KEYS: due, journal, then due set and hash of the outbox of each destination.
-- ARGV: prefix, at, policy, pools, rows: `row u32, revision u32, sequence u32, changed u8, pad3, token f64, wake f64, state`
--   per variant, lanes: i8 per destination per variant, then the variants' ids.
-- Returns a byte per variant: 1 committed, 0 moved, 2 its states page is narrower than the store's pools.
local function i64(value)
  return struct.pack('<I4I4', value % 4294967296, math.floor(value / 4294967296))
end
-- Completes a claim: due at the wake-up, or not at all; a mark made since the claim stays.
local function settle(due, member, token, wake)
  local score = redis.call('ZSCORE', due, member)
  if score and tonumber(score) == token then
    if wake > 0 then redis.call('ZADD', due, string.format('%.0f', wake), member) else redis.call('ZREM', due, member) end
  elseif wake > 0 then
    redis.call('ZADD', due, 'LT', string.format('%.0f', wake), member)
  end
end
local prefix, at, policy, pools, rows, lanes = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], ARGV[6]
local size, destinations = 32 + 40 * pools, (#KEYS - 2) / 2
local results, journal = {}, {}
for i = 1, #ARGV - 6 do
  local cursor = (i - 1) * (32 + 40 * pools) + 1
  local row, revision, sequence, changed, token, wake = struct.unpack('<I4I4I4Bxxxdd', rows, cursor)
  local key = prefix .. 'states:' .. string.format('%d', math.floor(row / 64))
  local result = 0
  if pools_of(key, pools) ~= pools then
    result = 2
  else
    local place = 8 + (row % 64) * size
    local head = redis.call('GETRANGE', key, place, place + 11)
    if #head < 12 then head = string.rep('\0', 12) end
    if u32(head, 1) == revision and u32(head, 5) == sequence then
      result = 1
      local state = string.sub(rows, cursor + 32, cursor + 31 + 40 * pools)
      redis.call('SETRANGE', key, place, struct.pack('<I4I4', revision, (sequence + 1) % 4294967296) .. string.sub(head, 9, 12)
        .. struct.pack('<I4', policy) .. i64(tonumber(at)) .. i64(wake) .. state)
      settle(KEYS[1], string.format('%d', row), token, wake)
      for d = 1, destinations do
        local lane = string.byte(lanes, (i - 1) * destinations + d)
        if lane < 128 then put(KEYS[1 + 2 * d], KEYS[2 + 2 * d], ARGV[6 + i], lane, at) end
      end
      if changed == 1 then journal[#journal + 1] = struct.pack('<I4I4I4', row, revision, sequence + 1) .. state end
    end
  end
  results[i] = string.char(result)
end
if #journal > 0 then
  redis.call('XADD', KEYS[2], '*', 'k', 'd', 'at', at, 'policy', policy, 'pools', pools, 'd', table.concat(journal))
end
return table.concat(results)
