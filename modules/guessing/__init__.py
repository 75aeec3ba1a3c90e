"""What can be guessed of the course: its questions with the lessons that teach them, and the moments of its scenes."""
