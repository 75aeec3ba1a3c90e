"""What whoever verifies a certificate may know, and the file that is brought for it."""
