"""The anonymous survey: who is asked when, how answers wait sealed, and how they are counted together."""
