"""Blocks of sheets by the name that migrations hold; they stand in `modules.blocks.printables`."""

from modules.blocks.printables import ParagraphBlock, SentenceBlock, TitleBlock

__all__ = ["ParagraphBlock", "SentenceBlock", "TitleBlock"]
