"""Credentials that other software verifies: keys, who issues, status lists, badges as pictures."""
