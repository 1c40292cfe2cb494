-- KEYS: list. ARGV: names. Appends those that are new; returns the whole list.
local all = redis.call('LRANGE', KEYS[1], 0, -1)
local known = {}
for _, name in ipairs(all) do known[name] = true end
for _, name in ipairs(ARGV) do
  if not known[name] then
    redis.call('RPUSH', KEYS[1], name)
    known[name] = true
    all[#all + 1] = name
  end
end
return all
