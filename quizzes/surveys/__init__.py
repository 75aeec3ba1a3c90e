"""The anonymous survey: its wording, what may be answered, how it is counted, and what a count says."""
