from .media import ConsentState, Film, PeopleShown, Photo, Recording, Rights, Voice
from .pages import CourseAccessMixin, CoursePage, LessonPage, ModulePage
from .progress import Edition, LessonRead, ModuleStart, Registration, TrainingRecord, Workplace
from .reviews import Review, ReviewRequiredMixin, ReviewTask, ReviewTaskState
from .snippets import GlossaryTerm, LanguageEntry, Organisation, StructureStamp, Worksheet
from .translations import LoadedContent, TranslationOrigin

__all__ = [
    "ConsentState",
    "CourseAccessMixin",
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
    "Organisation",
    "PeopleShown",
    "Photo",
    "Recording",
    "Registration",
    "Review",
    "ReviewRequiredMixin",
    "ReviewTask",
    "ReviewTaskState",
    "Rights",
    "StructureStamp",
    "TrainingRecord",
    "TranslationOrigin",
    "Voice",
    "Workplace",
    "Worksheet",
]
