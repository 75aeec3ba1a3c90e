"""A question as whoever answers it meets it, what comes back of it, and the feedback."""
