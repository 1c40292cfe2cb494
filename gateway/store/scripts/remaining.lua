-- What the vendor says is left of its window. KEYS: left (expires with the window). ARGV: requests, milliseconds to its end.
-- Answers overtake each other, and whole seconds are rounded up: within one window the lesser and the earlier hold.
local said, ends = tonumber(ARGV[1]), tonumber(ARGV[2])
local left, window = tonumber(redis.call('GET', KEYS[1]) or ''), redis.call('PTTL', KEYS[1])
if left and window > 0 and math.abs(window - ends) < 1500 then
  said, ends = math.min(said, left), math.min(ends, window)
end
redis.call('SET', KEYS[1], string.format('%.0f', said), 'PX', ends)
