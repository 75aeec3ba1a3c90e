"""What the worker does at its start: what was left is taken up again, and what can go is removed."""
