"""The models of this app, by subject."""

from .media import ConsentState, Film, Photo, Recording, Rights, Shows, Voice
from .pages import CoursePage, LessonPage, ModulePage, OpenToTheCourse
from .progress import Beginning, Circumstances, Edition, LessonRead, Registration, TrainingRecord
from .reviews import Review, ReviewedBeforePublishing, ReviewTask, ReviewTaskState
from .snippets import GlossaryTerm, LanguageEntry, Organisation, Printable, StructureStamp
from .translations import LoadedContent, TranslatedFrom

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
