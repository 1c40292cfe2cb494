"""The stock-signal gateway: reads availability, decides what may be promised, tells Klaviyo only that.

One fact flows one way through five stages that never call each other (`gateway.pipeline`):
read -> record -> decide -> enqueue -> deliver. Three processes run them: `web` (HTTP in), `worker` (decide and
deliver, any number) and `clock` (marks work due). Redis (`gateway.store`) is the only memory.

Start reading at docs/lifecycle.md, then `gateway.pipeline`.
"""
