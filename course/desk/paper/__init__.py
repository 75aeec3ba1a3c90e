"""The pages of quizzes on paper."""
