"""The site is attacked as one would who means it harm: each module tries one way."""
