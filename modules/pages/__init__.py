"""The pages that learners and visitors read: course, module, lesson, directory, glossary, search, sheets."""
