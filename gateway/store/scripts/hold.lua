-- KEYS: holds (message -> "revision:record"), counter of revisions, effects (id -> us).
-- ARGV: message, the revision it is based on (0: there is none), the record ('' deletes it),
-- most effects in the window (-1: this is none), now (us), the window (us).
-- Returns the new revision; 0: another was faster; -1: the cap is reached and nothing was written.
local raw = redis.call('HGET', KEYS[1], ARGV[1])
local revision = raw and string.match(raw, '^(%d+):') or '0'
if revision ~= ARGV[2] then return 0 end
local most = tonumber(ARGV[4])
if most >= 0 then
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', string.format('%.0f', tonumber(ARGV[5]) - tonumber(ARGV[6])))
  if redis.call('ZCARD', KEYS[3]) >= most then return -1 end
end
local following = redis.call('INCR', KEYS[2])
if most >= 0 then redis.call('ZADD', KEYS[3], ARGV[5], tostring(following)) end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', following) .. ':' .. ARGV[3])
end
return following
