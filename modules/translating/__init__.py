"""What is not translated, and what is older than its original."""
