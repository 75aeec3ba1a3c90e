"""Questions, quizzes, attempts, and what people decide and count about them."""

from .attempts import Answer, AnswerWrite, Attempt, AttemptQuerySet, Certainty, HeldWrite, Medium, Reason, Resolution
from .bank import Act, Case, Choice, Difficulty, Question, QuestionTag, Source, Topic
from .figures import ItemChoices, ItemScores, QuizFigures
from .images import PaperImage
from .marking import Allowance, HandMark
from .quiz import CountingAttempt, FeedbackTime, Layout, Quiz, QuizDraw, QuizQuerySet, QuizQuestion, ScoreBand
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
