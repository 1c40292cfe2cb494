"""What staff is told: holds and releases that were made or wait, sources and accounts that need a person.

An alert is a state, not an event: it is looked for, told once for each time it comes about, and forgotten when it is
over. The outbox carries it, so a channel that fails, or a process that dies, loses nothing.
"""
