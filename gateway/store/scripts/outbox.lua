--@include outbox_put
-- KEYS: due set, hash, parked set. ARGV: verb, at, then by verb. Returns a list.
local due, hash, parked, verb, at = KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2]
local results, targets = {}, {}
local function mine(target, token)
  local e = entry_of(hash, target)
  if e and e.lease == token then return e end
  return nil
end
local function drop(target, token)
  local e = mine(target, token)
  if not e then return 0 end
  if e.again == '0' then
    redis.call('HDEL', hash, target)
    redis.call('ZREM', due, target)
  else
    keep(hash, target, {lane = e.lane, attempts = 0, lease = '0', again = '0', since = e.again, reason = ''})
    redis.call('ZADD', due, score_of(e.lane, e.again), target)
  end
  return 1
end
if verb == 'put' then -- lane, targets...
  local lanes = {}
  for i = 4, #ARGV do targets[i - 3], lanes[i - 3] = ARGV[i], tonumber(ARGV[3]) end
  put_all(due, hash, targets, lanes, at)
elseif verb == 'claim' then -- lease end, targets...; an answer is {lane, attempts, unknown outcome} or nothing
  for i = 4, #ARGV do
    local target = ARGV[i]
    local score, e = redis.call('ZSCORE', due, target), entry_of(hash, target)
    results[i - 3] = ''
    if score and e and tonumber(score) <= tonumber(at) then
      local unknown = e.lease ~= '0' and 1 or 0
      if unknown == 1 then e.attempts = e.attempts + 1 end
      e.lease, e.again = ARGV[3], '0'
      keep(hash, target, e)
      redis.call('ZADD', due, ARGV[3], target)
      redis.call('ZREM', parked, target)
      results[i - 3] = e.lane .. ':' .. e.attempts .. ':' .. unknown
    end
  end
elseif verb == 'extend' then -- lease end, (target, token)...
  for i = 4, #ARGV, 2 do
    local e = mine(ARGV[i], ARGV[i + 1])
    if e then
      e.lease = ARGV[3]
      keep(hash, ARGV[i], e)
      redis.call('ZADD', due, ARGV[3], ARGV[i])
    end
    results[#results + 1] = e and 1 or 0
  end
elseif verb == 'ack' then -- (target, token)...
  for i = 3, #ARGV, 2 do
    results[#results + 1] = drop(ARGV[i], ARGV[i + 1])
  end
elseif verb == 'told' then -- (target, token, what it was told)...; a fourth key, the hash of last words
  for i = 3, #ARGV, 3 do
    results[#results + 1] = drop(ARGV[i], ARGV[i + 1])
    if results[#results] == 1 then redis.call('HSET', KEYS[4], ARGV[i], ARGV[i + 2]) end
  end
elseif verb == 'postpone' then -- reason, (target, token, when)...
  for i = 4, #ARGV, 3 do
    local e = mine(ARGV[i], ARGV[i + 1])
    if e then
      e.lease, e.reason = '0', ARGV[3]
      keep(hash, ARGV[i], e)
      redis.call('ZADD', due, e.lane == 0 and score_of(0, e.since) or ARGV[i + 2], ARGV[i])
    end
    results[#results + 1] = e and 1 or 0
  end
elseif verb == 'retry' then -- reason, (target, token, when)...
  for i = 4, #ARGV, 3 do
    local e = mine(ARGV[i], ARGV[i + 1])
    if e then
      e.attempts, e.lease, e.reason = e.attempts + 1, '0', ARGV[3]
      keep(hash, ARGV[i], e)
      redis.call('ZADD', due, ARGV[i + 2], ARGV[i])
    end
    results[#results + 1] = e and 1 or 0
  end
elseif verb == 'park' then -- reason, (target, token)...
  for i = 4, #ARGV, 2 do
    local e = mine(ARGV[i], ARGV[i + 1])
    if e then
      e.attempts, e.lease, e.reason = e.attempts + 1, '0', ARGV[3]
      keep(hash, ARGV[i], e)
      redis.call('ZREM', due, ARGV[i])
      redis.call('ZADD', parked, at, ARGV[i])
    end
    results[#results + 1] = e and 1 or 0
  end
elseif verb == 'unpark' then -- targets...
  for i = 3, #ARGV do
    local e = entry_of(hash, ARGV[i])
    local was = redis.call('ZREM', parked, ARGV[i])
    if e and was == 1 then
      e.attempts, e.lease, e.again, e.reason = 0, '0', '0', ''
      keep(hash, ARGV[i], e)
      redis.call('ZADD', due, score_of(e.lane, at), ARGV[i])
    end
    results[#results + 1] = was
  end
end
return results
