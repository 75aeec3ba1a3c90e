"""Face-to-face sessions of a group: who was there, hands for a scenario, and one device that goes round."""
