"""What each source is worth: how much it tells of, how fresh it is, how much of it is unknown or differs."""
