"""What marketing may promise, decided: values in, decisions with reasons out.

Nothing in this package reads a clock, a file, a socket or a setting; `at` is always an argument.

The words:
  variant          one sellable thing, known by its id
  location         a place that holds stock; what it is *for* is policy
  level            one variant at one location, as one source tells it
  state            a named share of a level's units (`available`, `damaged`, ...)
  pool             what one kind of promise may draw on (what ships, what can be collected)
  units            a variant's marketable units in a pool
  band             `out`, `low` or `healthy`
  promised units   what anyone outside is told
  episode          from the decision that made the band `out` to the next such decision
  restock          the step up out of a proven episode; told once

Reading order: values, document, reasons, compile, eligibility, units, bands, decision, kernel, explain.
"""
