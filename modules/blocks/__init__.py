"""What lessons, pages and sheets are made of: StreamField blocks, scenes and drawings, without any model.

Migrations that have landed name blocks as `modules.blocks.…`, so those stay here.
"""

from .lessons import KeyMessageBlock, LineBlock, PrintableBlock, QuizBlock, RoleTipsBlock, TextBlock, VoiceBlock
from .media import RecordingsBlock

__all__ = [
    "KeyMessageBlock",
    "LineBlock",
    "PrintableBlock",
    "QuizBlock",
    "RecordingsBlock",
    "RoleTipsBlock",
    "TextBlock",
    "VoiceBlock",
]
