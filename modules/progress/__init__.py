"""What the course consists of, and how far people are in it."""
