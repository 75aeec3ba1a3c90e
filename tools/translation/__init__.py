"""A language of the course beside the one it was translated from: what is missing, and what is not alike."""
