"""The pages of certificates: one's own, verifying, and what other software fetches."""
