-- Who waits for a variant, and who was told. People go by a keyed hash of their contact; what can be read is sealed.
-- KEYS: due. ARGV: the partition's prefix, verb, row, then by verb. Keys of a row: people (hash -> entry), order and vips
-- (hash -> since), told (hash -> when and of what), wave (hash -> 1 where its message was begun, else 0), waves (episode
-- -> record), unsent (who is to be handed to the outside list). `waitlist:rows` has the rows that keep anything.
local prefix, verb, row, call = ARGV[1] .. 'waitlist:', ARGV[2], ARGV[3], redis.call
local function key(name, of) return prefix .. name .. ':' .. (of or row) end
local function left(person, of)
  return call('HDEL', key('people', of), person) + call('ZREM', key('order', of), person)
    + call('ZREM', key('vips', of), person) + call('HDEL', key('wave', of), person)
    + call('SREM', key('unsent', of), person)
end

if verb == 'join' then -- at, since, entry, vip, unsent, the person's hashes, newest key's first
  for i = 9, #ARGV do
    if call('HEXISTS', key('people'), ARGV[i]) == 1 then return 0 end
  end
  call('SADD', prefix .. 'rows', row)
  call('HSET', key('people'), ARGV[9], ARGV[6])
  call('ZADD', key('order'), ARGV[5], ARGV[9])
  if ARGV[7] == '1' then call('ZADD', key('vips'), ARGV[5], ARGV[9]) end
  if ARGV[8] == '1' then call('SADD', key('unsent'), ARGV[9]) end
  call('ZADD', KEYS[1], 'LT', ARGV[4], row)
  return 1
elseif verb == 'write' then -- episode, the record as it must still be (empty: none), as it shall be, people of a new wave
  if (call('HGET', key('waves'), ARGV[4]) or '') ~= ARGV[5] then return -1 end
  call('SADD', prefix .. 'rows', row)
  call('HSET', key('waves'), ARGV[4], ARGV[6])
  local some = 0
  for i = 7, #ARGV do
    if call('HEXISTS', key('people'), ARGV[i]) == 1 then
      call('HSET', key('wave'), ARGV[i], 0)
      some = some + 1
    end
  end
  return some
elseif verb == 'attempt' or verb == 'withdraw' then -- people whose messages are begun, or were certainly not
  for i = 4, #ARGV do
    if call('HEXISTS', key('wave'), ARGV[i]) == 1 then call('HSET', key('wave'), ARGV[i], verb == 'attempt' and 1 or 0) end
  end
  return 1
elseif verb == 'told' then -- episode, record before, record after, stays ('1': they go on waiting), (person, told)...
  if (call('HGET', key('waves'), ARGV[4]) or '') ~= ARGV[5] then return -1 end
  call('HSET', key('waves'), ARGV[4], ARGV[6])
  for i = 8, #ARGV, 2 do
    if call('HDEL', key('wave'), ARGV[i]) == 1 then -- else erased meanwhile: no trace
      if ARGV[7] ~= '1' then left(ARGV[i]) end
      call('HSET', key('told'), ARGV[i], ARGV[i + 1])
    end
  end
  return 1
elseif verb == 'unreserve' then -- people
  for i = 4, #ARGV do call('HDEL', key('wave'), ARGV[i]) end
  return 1
elseif verb == 'leave' then -- people
  for i = 4, #ARGV do left(ARGV[i]) end
  return 1
elseif verb == 'erase' then -- the person's hashes; all rows
  local found = 0
  for _, of in ipairs(call('SMEMBERS', prefix .. 'rows')) do
    local here = 0
    for i = 4, #ARGV do here = here + left(ARGV[i], of) + call('HDEL', key('told', of), ARGV[i]) end
    if here > 0 then found = found + 1 end
  end
  return found
end
