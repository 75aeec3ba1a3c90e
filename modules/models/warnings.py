"""The content warning of a module, where its quiz shows it too."""


def repeat_warning(module):
    """Let the quiz of a module show the module's content warning; an editor's draft of the quiz stays a draft."""
    quiz = module.quiz
    if quiz is None or quiz.warning == module.warning:
        return
    quiz.warning = module.warning
    quiz.save(update_fields=["warning"])
    if not quiz.has_unpublished_changes:
        quiz.save_revision().publish()
