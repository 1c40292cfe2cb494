-- Turns are given out evenly, a few at once after a pause. Times are the server's own, in microseconds.
-- KEYS: held (expires when the vendor will have us again), left (of the vendor's window, expires with it), busy until.
-- ARGV: 'take' or 'count', urgent, even gap, turns at once, requests a window kept for what is urgent.
-- Returns {milliseconds to wait, 1 when the vendor's own count is known} or, for 'count', {turns}.
local counting, urgent = ARGV[1] == 'count', ARGV[2] == '1'
local even, at_once, reserve = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local function wait(ms) return {counting and 0 or math.max(1, math.ceil(ms))} end
local held = redis.call('PTTL', KEYS[1])
if held > 0 then return wait(held) end
local left, window = tonumber(redis.call('GET', KEYS[2]) or ''), redis.call('PTTL', KEYS[2])
local known = left ~= nil and window > 0
local gap, most = even, at_once
if known then
  if left <= 0 then return wait(window) end
  if not urgent then
    -- What is on its way may not be in the vendor's count yet. The reserve melts with the window: at its end none is kept.
    local spare = left - 3 - reserve * window / 60000
    if spare <= 0 then return wait(reserve > 0 and math.min(window, -spare * 60000 / reserve + 1) or window) end
    -- Slower where others spend too, a quarter faster where we were late.
    gap, most = math.max(even * 4 / 5, window * 1000 / spare), math.min(at_once, math.ceil(spare))
  else
    most = left
  end
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local busy = math.max(now, tonumber(redis.call('GET', KEYS[3]) or '0'))
local saved = (at_once - 1) * even -- so far back may turns be that were not used
local early = busy - now - saved
if counting then
  if urgent then return {most} end
  return {early > 0 and 0 or math.min(most, math.floor(-early / gap) + 1)}
end
if early > 0 and not urgent then return wait(early / 1000) end
-- What is urgent does not wait for its turn, but takes one from the others.
busy = math.min(busy + gap, now + saved + gap)
redis.call('SET', KEYS[3], string.format('%.0f', busy), 'PX', math.ceil((busy - now) / 1000) + 1000)
if known then redis.call('DECR', KEYS[2]) end
return {0, known and 1 or 0}
