"""The desk's pages of the anonymous survey: rounds, paper, results."""
