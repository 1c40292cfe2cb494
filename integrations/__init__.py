"""One folder per outside system: its words inside, ours outside. Folders do not know each other."""
