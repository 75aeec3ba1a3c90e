"""The pages of the trainer's desk: views, forms, addresses and words, and nothing that another room needs."""
