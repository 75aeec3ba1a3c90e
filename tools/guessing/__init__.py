"""What somebody earns who knows nothing and guesses cleverly: docs/reference/guessing.md."""
