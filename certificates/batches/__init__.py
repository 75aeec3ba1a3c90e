"""The certificates of many people at once: asked for, made in the background, fetched."""
