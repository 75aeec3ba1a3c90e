"""All that the site holds of a person, as a file for that person."""
