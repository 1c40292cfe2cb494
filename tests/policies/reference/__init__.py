"""The policy language once more, naively: plain dicts, fractions and zoneinfo, written from the page and nothing else.

The engine is compared with it on random documents and stocks. It shares no code with the engine: a slip has to be
made twice to go unseen. Start reading at `case.decide`.
"""
