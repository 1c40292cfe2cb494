-- KEYS: held (expires when the vendor will have us again), left (expires with the vendor's window), next turn (us).
-- ARGV: gap between turns (us; 0: urgent, no turns), requests of the vendor's window kept back. Returns ms to wait.
local held = redis.call('PTTL', KEYS[1])
if held > 0 then return held end
local left, window = tonumber(redis.call('GET', KEYS[2]) or ''), redis.call('PTTL', KEYS[2])
if left and window > 0 and left <= tonumber(ARGV[2]) then return window end
local gap = tonumber(ARGV[1])
if gap > 0 then
  if left and window > 0 then -- spread what is left over the rest of the window, where that is slower
    gap = math.max(gap, math.floor(window * 1000 / (left - tonumber(ARGV[2]))))
  end
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
  local turn = tonumber(redis.call('GET', KEYS[3]) or '0')
  if turn > now then return math.max(1, math.ceil((turn - now) / 1000)) end
  redis.call('SET', KEYS[3], string.format('%.0f', now + gap), 'PX', math.ceil(gap / 1000) + 1000)
end
if left and window > 0 then redis.call('DECR', KEYS[2]) end
return 0
