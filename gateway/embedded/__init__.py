"""A house of one machine: a server brought along, and all processes under one supervisor. For `demo` and `run`."""
