-- A leased set is a sorted set member -> when it may be taken (us). A claim moves that to the lease's end, which is the
-- claim's token; a mark brings it down again, so work marked during a lease stays due when the lease's holder is done.
-- KEYS: set. ARGV: verb, then by verb. Returns one 0 or 1 per member.
local key, verb, results = KEYS[1], ARGV[1], {}
if verb == 'claim' then -- now, end, members...
  for i = 4, #ARGV do
    local score = redis.call('ZSCORE', key, ARGV[i])
    local free = score and tonumber(score) <= tonumber(ARGV[2])
    if free then redis.call('ZADD', key, ARGV[3], ARGV[i]) end
    results[#results + 1] = free and 1 or 0
  end
else -- 'complete' or 'retry': when to be due again, then (member, token)...
  for i = 3, #ARGV, 2 do
    local score = redis.call('ZSCORE', key, ARGV[i])
    local mine = score and tonumber(score) == tonumber(ARGV[i + 1])
    if mine and verb == 'complete' then redis.call('ZREM', key, ARGV[i]) end
    if mine and verb == 'retry' then redis.call('ZADD', key, ARGV[2], ARGV[i]) end
    results[#results + 1] = mine and 1 or 0
  end
end
return results
