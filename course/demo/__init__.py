"""People to try the course out with."""
