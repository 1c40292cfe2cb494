-- Claims rows of a partition until a lease ends, due or not. KEYS: due. ARGV: lease end, first row, row after the last.
local leases, n = {}, 0
for row = tonumber(ARGV[2]), tonumber(ARGV[3]) - 1 do
  leases[n + 1], leases[n + 2], n = ARGV[1], row, n + 2
end
redis.call('ZADD', KEYS[1], unpack(leases))
return 1
