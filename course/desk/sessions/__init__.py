"""The pages of face-to-face sessions."""
