"""Names that migrations hold: see `modules.blocks.printables`."""
