"""The pages of the world outside: feeds, the connection, jobs, and help."""
