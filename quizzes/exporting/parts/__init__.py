"""What every format that is written needs."""
