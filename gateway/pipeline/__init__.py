"""The five stages of one fact, in order: read, record, decide, enqueue, deliver. They never call each other.

`read` turns what arrives into readings and records them (the ledger's write is the durable inbox). `decide` takes what
is due, applies the policy and commits state, wake-up and outbox in one step: that is enqueue. `deliver` tells Klaviyo.
"""
