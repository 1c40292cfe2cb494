-- The head of a variant's row on its states page: `revision u32, sequence u32, facts u32, ...`, 32 bytes, then its pools.
local function u32(value, at) local n = struct.unpack('<I4', value, at) return n end
-- A new page gets `pools` as its width; rows are zeros until written.
local function pools_of(key, pools)
  local header = redis.call('GETRANGE', key, 0, 7)
  if #header == 8 then
    local n = struct.unpack('<I2', header, 3)
    return n
  end
  redis.call('SETRANGE', key, 0, struct.pack('<c2I2I4', 'S1', pools, 0))
  return pools
end
-- Counts a change of a variant's inputs and makes it due; `facts` also counts a change of its catalogue facts.
local function touch(key, due, row, pools, at, facts)
  local place = 8 + (row % 64) * (32 + 40 * pools_of(key, pools))
  local head = redis.call('GETRANGE', key, place, place + 11)
  if #head < 12 then head = string.rep('\0', 12) end
  local revision = (u32(head, 1) + 1) % 4294967296
  redis.call('SETRANGE', key, place, struct.pack('<I4', revision))
  if facts then redis.call('SETRANGE', key, place + 8, struct.pack('<I4', (u32(head, 9) + 1) % 4294967296)) end
  redis.call('ZADD', due, 'LT', at, string.format('%d', row))
end
