-- KEYS: doubts hash. ARGV: id, fresh doubt as JSON, at. An open one keeps its first time and counts up.
local old = redis.call('HGET', KEYS[1], ARGV[1])
local doubt = cjson.decode(ARGV[2])
if next(doubt.facts) == nil then doubt.facts = nil end
doubt.first_us, doubt.last_us, doubt.count = ARGV[3], ARGV[3], 1
if old then
  local known = cjson.decode(old)
  doubt.first_us, doubt.count = known.first_us, known.count + 1
end
doubt.facts = doubt.facts or cjson.null
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(doubt))
return doubt.count
