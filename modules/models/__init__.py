"""The models of this app, by subject."""

from .beginnings import Beginning
from .circumstances import Circumstances
from .consented import ConsentState
from .editions import Edition, Registration, TrainingRecord
from .loaded import LoadedContent
from .media import Film, Photo, Recording, Rights, Shows
from .organisations import Organisation
from .pages import CoursePage, LessonPage, ModulePage, OpenToTheCourse
from .printables import Printable
from .reading import LessonRead
from .reviewed import ReviewedBeforePublishing
from .reviews import Review, ReviewTask, ReviewTaskState
from .structure import StructureStamp
from .translated_from import TranslatedFrom
from .voices import Voice
from .words import GlossaryTerm, LanguageEntry

__all__ = [
    "Beginning",
    "Circumstances",
    "ConsentState",
    "CoursePage",
    "Edition",
    "Film",
    "GlossaryTerm",
    "LanguageEntry",
    "LessonPage",
    "LessonRead",
    "LoadedContent",
    "ModulePage",
    "OpenToTheCourse",
    "Organisation",
    "Photo",
    "Printable",
    "Recording",
    "Registration",
    "Review",
    "ReviewTask",
    "ReviewTaskState",
    "ReviewedBeforePublishing",
    "Rights",
    "Shows",
    "StructureStamp",
    "TrainingRecord",
    "TranslatedFrom",
    "Voice",
]
