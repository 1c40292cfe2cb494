"""Feeds: finished bytes that Klaviyo fetches, kept up to date chunk by chunk.

`follow` learns what changed, `chunks` and `selection` build what it concerns, `copies` swaps files on this host's disk,
and `gateway.web.feeds` serves them without asking anything but whether they are the newest.
"""
