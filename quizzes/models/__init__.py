"""Questions, quizzes, attempts, and what people decide and count about them."""

from .attempts import (
    Allowance,
    Answer,
    AnswerWrite,
    Attempt,
    AttemptQuerySet,
    Certainty,
    HandMark,
    HeldWrite,
    Medium,
    PaperImage,
    Reason,
    Resolution,
)
from .bank import Act, Case, Choice, Difficulty, Question, QuestionTag, Source, Topic
from .quiz import CountingAttempt, FeedbackTime, Layout, Quiz, QuizDraw, QuizQuerySet, QuizQuestion, ScoreBand
from .statistics import ItemChoices, ItemScores, QuizFigures
from .surveys import SurveyBlock, SurveyOption, SurveyScale, SurveyStatement, SurveyWording

__all__ = [
    "Act",
    "Allowance",
    "Answer",
    "AnswerWrite",
    "Attempt",
    "AttemptQuerySet",
    "Case",
    "Certainty",
    "Choice",
    "CountingAttempt",
    "Difficulty",
    "FeedbackTime",
    "HandMark",
    "HeldWrite",
    "ItemChoices",
    "ItemScores",
    "Layout",
    "Medium",
    "PaperImage",
    "Question",
    "QuestionTag",
    "Quiz",
    "QuizDraw",
    "QuizFigures",
    "QuizQuerySet",
    "QuizQuestion",
    "Reason",
    "Resolution",
    "ScoreBand",
    "Source",
    "SurveyBlock",
    "SurveyOption",
    "SurveyScale",
    "SurveyStatement",
    "SurveyWording",
    "Topic",
]
