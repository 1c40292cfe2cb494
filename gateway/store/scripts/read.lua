-- KEYS: the partition's prefix. ARGV: rows, u32 each. Returns headers (levels, states by turn), states, levels.
local prefix, rows = KEYS[1], ARGV[1]
local headers, states, levels = {}, {}, {}
local seen = {}
for i = 1, #rows / 4 do
  local row = struct.unpack('<I4', rows, i * 4 - 3)
  local page = math.floor(row / 64)
  local known = seen[page]
  if not known then
    local level_key = prefix .. 'levels:' .. string.format('%d', page)
    local state_key = prefix .. 'states:' .. string.format('%d', page)
    known = {level_key, redis.call('GETRANGE', level_key, 0, 7), state_key, redis.call('GETRANGE', state_key, 0, 7)}
    local stride, bitmap, width, pools = 0, 0, 8, 0
    if #known[2] == 8 then stride, bitmap = struct.unpack('<I2I2', known[2], 3) end
    while bitmap > 0 do width = width + 4 * (bitmap % 2); bitmap = math.floor(bitmap / 2) end
    if #known[4] == 8 then pools = struct.unpack('<I2', known[4], 3) end
    known[5], known[6] = stride * width, 32 + 40 * pools
    seen[page] = known
  end
  headers[2 * i - 1], headers[2 * i] = known[2], known[4]
  local place = 8 + (row % 64) * known[6]
  states[i] = redis.call('GETRANGE', known[3], place, place + known[6] - 1)
  levels[i] = ''
  if known[5] > 0 then
    place = 8 + (row % 64) * known[5]
    levels[i] = redis.call('GETRANGE', known[1], place, place + known[5] - 1)
  end
end
return {headers, states, levels}
