--@include variant
-- Readings of one partition that share one layout of states.
-- KEYS: due, moves, then the levels of each page.
-- ARGV: at (us), cell bytes, renewals matter, place of on_hand and of available among the quantities (0: none), places
--   of the parts of on hand (one byte each), states bitmap,
--   pages: per page `header 8s, number u32, readings u32`, readings: `place u32, row u8, slot u16, cause u8, cell`.
-- Returns {0, outcome bytes} or, when a page has another layout than the caller thought, {1, its headers...}.
local at, cell, renewals = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
local on_hand, available, parts = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local pages, readings = ARGV[8], ARGV[9]
local call, sub, byte, unpacked = redis.call, string.sub, string.byte, struct.unpack
local count = #pages / 16
local stale, headers = false, {1}
for i = 1, count do
  local header = call('GETRANGE', KEYS[2 + i], '0', '7')
  headers[i + 1] = header
  if header ~= sub(pages, i * 16 - 15, i * 16 - 8) then stale = true end
end
if stale then return headers end
local ABSENT, NULL = -2147483648, -2147483647
local function figure(value, place)
  local n = unpacked('<i4', value, 5 + 4 * place)
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
    local part = figure(value, byte(parts, i))
    if part == NULL then return nil end
    if part > 0 then n = n - part end
  end
  return n
end
local ACCEPTED, UNCHANGED, SUPERSEDED = '\0', '\1', '\2'
local FIGURED = 16 -- of the stamp's flags: the level once had a figure; a reading without any does not take that back
-- Returns the outcome, and the cell to write where there is one.
local function judge(old, new)
  if old == new then return UNCHANGED end
  local old_low, old_high = unpacked('<I4I4', old)
  local new_low, new_high = unpacked('<I4I4', new)
  local old_flags, new_flags = old_low % 64, new_low % 64
  if old_flags % 32 >= FIGURED and new_flags % 32 < FIGURED then
    new_low, new_flags = new_low + FIGURED, new_flags + FIGURED
    new = struct.pack('<I4', new_low) .. sub(new, 5)
  end
  local old_time, new_time = old_low - old_flags, new_low - new_flags
  if new_high > old_high or (new_high == old_high and new_time > old_time) then
    if old_flags == new_flags and sub(old, 9) == sub(new, 9) then return UNCHANGED, new end
    return ACCEPTED, new
  end
  if new_high < old_high or new_time < old_time then return SUPERSEDED end
  local was, is = stock(old), stock(new)
  if was ~= nil and (is == nil or is < was) then return ACCEPTED, new end
  return SUPERSEDED
end
local outcomes, cursor, n = {}, 1, 0
local due, moved, moves, layout = {}, {}, {}, 'r' .. struct.pack('<I2', tonumber(ARGV[7]))
local m = 0
for i = 1, count do
  local number, amount = unpacked('<I4I4', pages, i * 16 - 7)
  local levels, last = KEYS[2 + i], -1
  for _ = 1, amount do
    local place = unpacked('<I4', readings, cursor)
    local new = sub(readings, cursor + 8, cursor + 7 + cell)
    local old = call('GETRANGE', levels, place, place + cell - 1)
    local outcome, written = judge(old, new)
    n = n + 1
    outcomes[n] = outcome
    if written then
      call('SETRANGE', levels, place, written)
      if outcome == ACCEPTED or renewals then
        local row, move = byte(readings, cursor + 4), layout .. sub(readings, cursor + 5, cursor + 7) .. old .. written
        if row == last then
          moves[m] = moves[m] .. move
        else
          m, last = m + 1, row
          local member = number * 64 + row
          moved[m], moves[m], due[2 * m - 1], due[2 * m] = member, move, at, member
        end
      end
    end
    cursor = cursor + 8 + cell
  end
end
if m > 0 then
  call('ZADD', KEYS[1], unpack(due))
  remember(KEYS[2], moved, moves)
end
return {0, table.concat(outcomes)}
