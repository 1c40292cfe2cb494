"""Files and full reads into the pipeline: rows get their ids, everything is counted, nothing is guessed in silence.

`gateway import` and `POST /snapshots` call it; it calls `gateway.pipeline.read` with what it could place.
"""
