"""The models of this app, by subject."""

from .beginnings import Beginning
from .circumstances import Circumstances
from .editions import Edition, Registration, TrainingRecord
from .loaded import LoadedContent
from .organisations import Organisation
from .pages import CoursePage, LessonPage, ModulePage, OpenToTheCourse
from .printables import Printable
from .reading import LessonRead
from .reviewed import ReviewedBeforePublishing
from .reviews import Review, ReviewTask, ReviewTaskState
from .structure import StructureStamp
from .voices import Voice
from .words import GlossaryTerm, LanguageEntry

__all__ = [
    "Beginning",
    "Circumstances",
    "CoursePage",
    "Edition",
    "GlossaryTerm",
    "LanguageEntry",
    "LessonPage",
    "LessonRead",
    "LoadedContent",
    "ModulePage",
    "OpenToTheCourse",
    "Organisation",
    "Printable",
    "Registration",
    "Review",
    "ReviewTask",
    "ReviewTaskState",
    "ReviewedBeforePublishing",
    "StructureStamp",
    "TrainingRecord",
    "Voice",
]
