"""What waits for somebody: reviews that are due, what nobody verified, publishing without review."""
