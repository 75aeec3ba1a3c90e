"""The models of this app, by subject."""

from .media import ConsentState, Film, Photo, Recording, Rights, Shows, Voice
from .pages import CoursePage, LessonPage, ModulePage, OpenToTheCourse
from .progress import Edition, LessonRead, ModuleStart, Registration, TrainingRecord, Workplace
from .reviews import Review, ReviewedBeforePublishing, ReviewTask, ReviewTaskState
from .snippets import GlossaryTerm, LanguageEntry, Organisation, StructureStamp, Worksheet
from .translations import LoadedContent, TranslatedFrom

__all__ = [
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
    "ModuleStart",
    "OpenToTheCourse",
    "Organisation",
    "Photo",
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
    "Workplace",
    "Worksheet",
]
