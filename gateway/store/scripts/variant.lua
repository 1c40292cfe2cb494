-- A variant's row on its states page: HEAD bytes (`entry u64, sequence u32, facts u32, ...`), then STATE per pool.
-- What changes between two decisions is remembered in the hash `moves`, and makes the variant due: it puts the time of the
-- change over whatever the due set held, a lease included. Whoever decides took the lease first, and keeps the decision
-- only if that lease still stands, ended or not.
local HEAD, STATE = 40, 40
local function u32(value, at) local n = struct.unpack('<I4', value, at) return n end
local function text(number) return string.format('%.0f', number) end
local function padded(value, size) return value .. string.rep('\0', size - #value) end
-- The pools on a states page. A new page gets `pools` as its width; rows are zeros until written.
local function pools_of(key, pools)
  local header = redis.call('GETRANGE', key, '0', '7')
  if #header == 8 then
    local n = struct.unpack('<I2', header, 3)
    return n
  end
  redis.call('SETRANGE', key, '0', struct.pack('<c2I2I4', 'S2', pools, 0))
  return pools
end
-- Adds to what the next decision has to answer for. Values by row number (text).
local LONGEST_MOVES, TOO_MANY = 8192, 'x'
local function remember(moves, rows, values)
  if #rows == 0 then return end
  local fields = {}
  for i, before in ipairs(redis.call('HMGET', moves, unpack(rows))) do
    local all = before and before .. values[i] or values[i]
    if #all > LONGEST_MOVES then all = TOO_MANY end
    fields[2 * i - 1], fields[2 * i] = rows[i], all
  end
  redis.call('HSET', moves, unpack(fields))
end
