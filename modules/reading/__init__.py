"""What a page of the course shows: rendered lessons, references, the directory, and where texts use things."""
