"""The pages of quizzes: taking one, its result, and the analysis for who trains or edits."""
