-- An outbox is a sorted set target -> when it may be taken (us, lane bonus taken off) beside a hash
-- target -> `lane:attempts:lease end:again:since:reason`. Parked entries are in the hash and in the parked set only.
local function entry_of(hash, target)
  local raw = redis.call('HGET', hash, target)
  if not raw then return nil end
  local lane, attempts, lease, again, since, reason = string.match(raw, '^(%d+):(%d+):(%d+):(%d+):(%d+):(.*)$')
  return {lane = tonumber(lane), attempts = tonumber(attempts), lease = lease, again = again, since = since, reason = reason}
end
local function keep(hash, target, e)
  redis.call('HSET', hash, target, e.lane .. ':' .. e.attempts .. ':' .. e.lease .. ':' .. e.again .. ':' .. e.since .. ':' .. e.reason)
end
local AN_HOUR = 3600000000
local BONUS = {[0] = 86400000000, [1] = 3600000000, [2] = 0}
local function score_of(lane, at) return string.format('%.0f', tonumber(at) - BONUS[lane]) end
-- Where somebody follows the destination (gateway.store.changes), what is put is also remembered for them.
local function remember(hash, targets)
  if redis.call('EXISTS', hash .. ':followed') == 1 then redis.call('SADD', hash .. ':changed', unpack(targets)) end
end
-- Leased or backing off: its time stays; it only remembers that it was put again. Parked (in no due set): what is wanted may
-- be another record than the one refused, so it is tried in an hour; whoever claims it takes it off the parked set.
local function put(due, hash, target, lane, at)
  remember(hash, {target})
  local e = entry_of(hash, target)
  if not e then
    keep(hash, target, {lane = lane, attempts = 0, lease = '0', again = '0', since = at, reason = ''})
    redis.call('ZADD', due, score_of(lane, at), target)
    return
  end
  if lane < e.lane then e.lane = lane end
  if e.lease == '0' and e.attempts > 0 and not redis.call('ZSCORE', due, target) then
    redis.call('ZADD', due, string.format('%.0f', tonumber(at) + AN_HOUR), target)
  elseif e.lease ~= '0' or e.attempts > 0 then
    e.again = at
  else
    redis.call('ZADD', due, 'LT', score_of(e.lane, at), target)
  end
  keep(hash, target, e)
end
-- Many at once: those that are not waiting yet go in together.
local function put_all(due, hash, targets, lanes, at)
  remember(hash, targets)
  local entries, scores = {}, {}
  for i, raw in ipairs(redis.call('HMGET', hash, unpack(targets))) do
    local lane = raw and tonumber(string.match(raw, '^(%d):0:0:0:')) -- waits, and was never tried
    if raw and not (lane and lane <= lanes[i]) then
      put(due, hash, targets[i], lanes[i], at)
    elseif not raw then
      entries[#entries + 1], entries[#entries + 2] = targets[i], lanes[i] .. ':0:0:0:' .. at .. ':'
      scores[#scores + 1], scores[#scores + 2] = score_of(lanes[i], at), targets[i]
    end
  end
  if #entries > 0 then
    redis.call('HSET', hash, unpack(entries))
    redis.call('ZADD', due, unpack(scores))
  end
end
