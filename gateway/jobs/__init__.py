"""What happens by the clock: a timetable as data, and the one process that keeps it."""
