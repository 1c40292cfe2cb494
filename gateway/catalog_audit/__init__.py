"""The nightly audit: Klaviyo's side is read back, drift is counted by kind, and put right through the outbox.

`task` runs it a few requests at a time, `compare` looks at what we told, `foreign` at what is there beside it, `gone`
deletes what our catalogue no longer lists.
"""
