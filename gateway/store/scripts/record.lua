--@include variant
-- Readings of one partition that share one layout of states.
-- KEYS: due, journal, then per page its levels and its states.
-- ARGV: at (us), cell bytes, pools, renewals matter, place of on_hand and of available among the quantities (0: none),
--   places of the parts of on hand (one byte each), journal flag layout (states bitmap),
--   pages: per page `header 8s, number u32, readings u32`, readings: `place u32, row u8, slot u16, cause u8, cell`.
-- Returns {0, outcome bytes} or, when a page has another layout than the caller thought, {1, its headers...}.
local at, cell, pools, renewals = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == '1'
local on_hand, available, parts = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
local pages, readings = ARGV[9], ARGV[10]
local call, sub, unpack = redis.call, string.sub, struct.unpack
local count = #pages / 16
local stale, headers = false, {1}
for i = 1, count do
  local header = call('GETRANGE', KEYS[1 + 2 * i], 0, 7)
  headers[i + 1] = header
  if header ~= sub(pages, i * 16 - 15, i * 16 - 8) then stale = true end
end
if stale then return headers end
local ABSENT, NULL = -2147483648, -2147483647
local function figure(value, place)
  local n = unpack('<i4', value, 5 + 4 * place)
  return n
end
-- `available`, told or derived; nil when there is none.
local function stock(value)
  if available > 0 then
    local n = figure(value, available)
    if n > NULL then return n end
  end
  if on_hand == 0 then return nil end
  local n = figure(value, on_hand)
  if n <= NULL then return nil end
  for i = 1, #parts do
    local part = figure(value, string.byte(parts, i))
    if part == NULL then return nil end
    if part > 0 then n = n - part end
  end
  return n
end
local ACCEPTED, UNCHANGED, SUPERSEDED = 0, 1, 2
local function judge(old, new)
  if old == new then return UNCHANGED, false end
  local old_low, old_high = unpack('<I4I4', old)
  local new_low, new_high = unpack('<I4I4', new)
  local old_time, new_time = math.floor(old_low / 64), math.floor(new_low / 64)
  if new_high > old_high or (new_high == old_high and new_time > old_time) then
    if old_low % 64 == new_low % 64 and sub(old, 9) == sub(new, 9) then return UNCHANGED, true end
    return ACCEPTED, true
  end
  if new_high < old_high or new_time < old_time then return SUPERSEDED, false end
  local was, is = stock(old), stock(new)
  if was ~= nil and (is == nil or is < was) then return ACCEPTED, true end
  return SUPERSEDED, false
end
local outcomes, journal, cursor, n = {}, {}, 1, 0
for i = 1, count do
  local number, amount = unpack('<I4I4', pages, i * 16 - 7)
  local levels, states, last = KEYS[1 + 2 * i], KEYS[2 + 2 * i], -1
  for _ = 1, amount do
    local place = unpack('<I4', readings, cursor)
    local row = string.byte(readings, cursor + 4)
    local new = sub(readings, cursor + 8, cursor + 7 + cell)
    local old = call('GETRANGE', levels, place, place + cell - 1)
    local outcome, write = judge(old, new)
    n = n + 1
    outcomes[n] = string.char(outcome)
    if write then call('SETRANGE', levels, place, new) end
    if outcome == ACCEPTED then
      journal[#journal + 1] = struct.pack('<I4', number * 64 + row) .. sub(readings, cursor + 5, cursor + 7) .. old .. new
    end
    if (outcome == ACCEPTED or (write and renewals)) and row ~= last then
      touch(states, KEYS[1], number * 64 + row, pools, at, false)
      last = row
    end
    cursor = cursor + 8 + cell
  end
end
if #journal > 0 then
  call('XADD', KEYS[2], '*', 'k', 'r', 'at', at, 's', ARGV[8], 'd', table.concat(journal))
end
return {0, table.concat(outcomes)}
