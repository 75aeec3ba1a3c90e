"""The pages of one's own: signing in, PIN, role, address, and *Mi curso*."""
