"""Random documents, stocks and faults, made where decisions turn: at thresholds, at dates, at the edge of freshness."""
