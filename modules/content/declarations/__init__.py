"""What each file may hold, how it is read, and what is wrong with it."""
