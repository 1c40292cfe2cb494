--@include variant
--@include outbox_put
-- Keeps decisions of one partition whose inputs have not moved since they were claimed, with all that follows from them.
-- KEYS: due, journal, moves, rises, restocks, restocks by time, then due set and hash of the outbox of each destination.
-- ARGV: prefix, at, policy, locations, pools, pages: `number u32, rows u32`, rows, ascending: `row u32, changed u8, pad3,
--   token f64, wake f64, the row as it shall be` (changed: 0 no, 1 yes, 2 held back: not decided, so that it goes on
--   answering for what moved), lanes: i8 per destination per row, how many ids follow, the ids of rows
--   with a lane, then (place of the row, 'rise' or 'restock', value or nothing) per note.
-- A journal entry has a field per row: `moves u16, the moves answered for, the head, the pools where they changed`. The
-- head still names the row's entry before this one, so that its records hang together without an index.
-- Returns a byte per row: 1 committed, 0 moved, 2 its states page has other pools than the caller thought.
local prefix, at, pools = ARGV[1], ARGV[2], tonumber(ARGV[5])
local pages, rows, lanes, ids = ARGV[6], ARGV[7], ARGV[8], tonumber(ARGV[9])
local size, call, sub, byte = HEAD + STATE * pools, redis.call, string.sub, string.byte
local record, DENSE = 24 + size, 16 -- a page with so many rows is read and written whole
local MOVED, COMMITTED, NARROW = '\0', '\1', '\2'
local results, members, cursors, written = {}, {}, {}, {}

local all = {}
for i = 1, #rows / record do all[i] = u32(rows, (i - 1) * record + 1) end
if #all == 0 then return '' end
local scores, n, cursor, kept = call('ZMSCORE', KEYS[1], unpack(all)), 0, 1, 0
for p = 1, #pages / 8 do
  local page, amount = struct.unpack('<I4I4', pages, p * 8 - 7)
  local key = prefix .. 'states:' .. text(page)
  local fits, first = pools_of(key, pools) == pools, kept + 1
  for _ = 1, amount do
    n = n + 1
    local result = NARROW
    if fits then
      local token = struct.unpack('<d', rows, cursor + 8)
      result = tonumber(scores[n] or '0') == token and COMMITTED or MOVED
    end
    results[n] = result
    if result == COMMITTED then
      kept = kept + 1
      members[kept], cursors[kept] = all[n], cursor
    end
    cursor = cursor + record
  end
  written[p] = {key = key, first = first, last = kept, body = kept - first >= DENSE and call('GET', key)}
end
if kept == 0 then return table.concat(results) end

local journal, journaled, answered = {}, {}, {}
for m, moves in ipairs(call('HMGET', KEYS[3], unpack(members))) do
  local from = cursors[m]
  local changed, held = byte(rows, from + 4) == 1, byte(rows, from + 4) == 2
  if not held then answered[#answered + 1] = members[m] end
  if not held and (changed or moves) then
    moves, journaled[m] = moves or '', true
    local place = #journal + 1
    journal[place], journal[place + 1] = members[m],
      struct.pack('<I2', #moves) .. moves .. sub(rows, from + 24, from + 23 + (changed and size or HEAD))
  end
end
local entry
if #journal > 0 then
  local id = call('XADD', KEYS[2], '*', 'at', at, 'policy', ARGV[3], 'locations', ARGV[4], unpack(journal))
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  ms = tonumber(ms)
  entry = struct.pack('<I2I4I2', tonumber(seq) % 65536, ms % 4294967296, math.floor(ms / 4294967296))
end
local wakes, done = {}, {}
for _, page in ipairs(written) do
  local pieces, upto, body = {}, 0, page.body and padded(page.body, 8 + 64 * size)
  for m = page.first, page.last do
    local from = cursors[m]
    local wake = struct.unpack('<d', rows, from + 16)
    local row = journaled[m] and entry .. sub(rows, from + 32, from + 23 + size) or sub(rows, from + 24, from + 23 + size)
    local place = 8 + (members[m] % 64) * size
    if body then
      pieces[#pieces + 1], pieces[#pieces + 2], upto = sub(body, upto + 1, place), row, place + size
    else
      call('SETRANGE', page.key, place, row)
    end
    if wake > 0 then
      wakes[#wakes + 1], wakes[#wakes + 2] = text(wake), members[m]
    else
      done[#done + 1] = members[m]
    end
  end
  if body then call('SET', page.key, table.concat(pieces) .. sub(body, upto + 1)) end
end
if #wakes > 0 then call('ZADD', KEYS[1], unpack(wakes)) end
if #done > 0 then call('ZREM', KEYS[1], unpack(done)) end
if #answered > 0 then call('HDEL', KEYS[3], unpack(answered)) end

local destinations, given, told = (#KEYS - 6) / 2, 9, {}
for i = 1, n do
  local any = false
  for d = 1, destinations do
    local lane = byte(lanes, (i - 1) * destinations + d)
    if lane < 128 then
      any = true
      if results[i] == COMMITTED then
        told[d] = told[d] or {targets = {}, lanes = {}}
        local place = #told[d].targets + 1
        told[d].targets[place], told[d].lanes[place] = ARGV[given + 1], lane
      end
    end
  end
  if any then given = given + 1 end
end
for d, some in pairs(told) do put_all(KEYS[5 + 2 * d], KEYS[6 + 2 * d], some.targets, some.lanes, at) end

for i = 10 + ids, #ARGV, 3 do
  local place, what, value = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2]
  if results[place] == COMMITTED then
    local hash = what == 'rise' and KEYS[4] or KEYS[5]
    if value == '' then call('HDEL', hash, all[place]) else call('HSET', hash, all[place], value) end
    if what == 'restock' then
      call('ZADD', KEYS[6], at, all[place])
      local waits = call('EXISTS', prefix .. 'waitlist:order:' .. text(all[place])) == 1
      if waits then call('ZADD', prefix .. 'waitlist:due', 'LT', at, text(all[place])) end
    end
  end
end
return table.concat(results)
