--@include variant
--@include read_rows
-- Claims variants of a partition until a lease ends, and reads them at the same moment.
-- KEYS: due. ARGV: the partition's prefix, now, lease end, limit. Returns the rows, u32 each, then what read_rows does.
local leases, rows, packed = {}, {}, {}
for i, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'LIMIT', '0', ARGV[4])) do
  rows[i] = tonumber(member)
end
table.sort(rows)
if #rows == 0 then return {''} end
for i, row in ipairs(rows) do
  leases[2 * i - 1], leases[2 * i], packed[i] = ARGV[3], row, struct.pack('<I4', row)
end
redis.call('ZADD', KEYS[1], unpack(leases))
local read = read_rows(ARGV[1], rows)
return {table.concat(packed), read[1], read[2], read[3]}
