--@include variant
--@include read_rows
-- KEYS: the partition's prefix. ARGV: rows, ascending, u32 each. Returns what read_rows does.
local rows = {}
for i = 1, #ARGV[1] / 4 do rows[i] = u32(ARGV[1], i * 4 - 3) end
return read_rows(KEYS[1], rows)
