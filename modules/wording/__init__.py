"""How things are called: texts in the reader's language, durations, the needs of the directory."""
