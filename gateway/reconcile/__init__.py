"""A source compared with the ledger: what changed every few minutes, everything every night and after any gap.

What is read goes through the ledger's own door, where the newer reading wins, so every step may be repeated and a
comparison that dies leaves only true readings behind.
"""
