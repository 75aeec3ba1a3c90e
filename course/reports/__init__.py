"""Reports of a period and registers: figures, who may see which, and their tables."""
