"""Reminders by e-mail: once a week at most, only for those who have an address and want it, and without any result."""
