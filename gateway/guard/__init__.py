"""The guard: which messages are due, what they feature, and holding or releasing them without losing anybody."""
