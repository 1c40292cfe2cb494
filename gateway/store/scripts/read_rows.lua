-- Reads variants of a partition whole. `rows` ascend, so that those of a page stand beside each other.
-- Returns runs `levels header 8s, states header 8s, variants u32`, then their state rows, then their level rows. (Lists:
-- joining long strings in Lua costs more than reading them.)
local EMPTY = string.rep('\0', 8)
local function read_rows(prefix, rows)
  local runs, states, levels = {}, {}, {}
  local page, amount, headers, level_key, state_key, level_size, state_size = -1, 0, '', '', '', 0, 0
  for i = 1, #rows do
    local number, row = math.floor(rows[i] / 64), rows[i] % 64
    if number ~= page then
      if amount > 0 then runs[#runs + 1] = headers .. struct.pack('<I4', amount) end
      page, amount = number, 0
      level_key, state_key = prefix .. 'levels:' .. text(page), prefix .. 'states:' .. text(page)
      local level, state = redis.call('GETRANGE', level_key, '0', '7'), redis.call('GETRANGE', state_key, '0', '7')
      if #level < 8 then level = EMPTY end
      if #state < 8 then state = EMPTY end
      headers = level .. state
      local stride, bitmap = struct.unpack('<I2I2', level, 3)
      local pools, width = struct.unpack('<I2', state, 3), 8
      while bitmap > 0 do width = width + 4 * (bitmap % 2); bitmap = math.floor(bitmap / 2) end
      level_size, state_size = stride * width, HEAD + STATE * pools
    end
    amount = amount + 1
    local place = 8 + row * state_size
    local state = redis.call('GETRANGE', state_key, place, place + state_size - 1)
    states[i] = #state == state_size and state or padded(state, state_size)
    if level_size > 0 then
      place = 8 + row * level_size
      levels[#levels + 1] = redis.call('GETRANGE', level_key, place, place + level_size - 1)
    end
  end
  if amount > 0 then runs[#runs + 1] = headers .. struct.pack('<I4', amount) end
  return {table.concat(runs), states, levels}
end
