"""What is done on a device without a line: sealed there, opened here, credited to whose it is."""
