"""A text of the course in two languages: what is missing, what is older than its original, phrase by phrase."""
