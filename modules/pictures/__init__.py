"""Photographs: looked at under limits, made into sizes for screens without what cameras write into them, and kept."""
