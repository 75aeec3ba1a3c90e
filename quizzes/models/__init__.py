"""Models of questions, quizzes, attempts, statistics and surveys."""

from .attempts import (
    Allowance,
    Answer,
    AnswerWrite,
    Attempt,
    AttemptQuerySet,
    Certainty,
    FrozenImage,
    LateAnswer,
    ManualMark,
    Medium,
    Reason,
    Resolution,
)
from .bank import Choice, Competency, Difficulty, Question, QuestionTag, Source, Stimulus, Topic
from .quiz import CountingAttempt, FeedbackTime, Layout, Quiz, QuizDraw, QuizQuerySet, QuizQuestion, ScoreBand
from .statistics import ItemChoices, ItemScores, QuizStatistics
from .surveys import SurveyBlock, SurveyOption, SurveyScale, SurveyStatement, SurveyWording

__all__ = [
    "Allowance",
    "Answer",
    "AnswerWrite",
    "Attempt",
    "AttemptQuerySet",
    "Certainty",
    "Choice",
    "Competency",
    "CountingAttempt",
    "Difficulty",
    "FeedbackTime",
    "FrozenImage",
    "ItemChoices",
    "ItemScores",
    "LateAnswer",
    "Layout",
    "ManualMark",
    "Medium",
    "Question",
    "QuestionTag",
    "Quiz",
    "QuizDraw",
    "QuizQuerySet",
    "QuizQuestion",
    "QuizStatistics",
    "Reason",
    "Resolution",
    "ScoreBand",
    "Source",
    "Stimulus",
    "SurveyBlock",
    "SurveyOption",
    "SurveyScale",
    "SurveyStatement",
    "SurveyWording",
    "Topic",
]
