"""Getting ready to print: what the first certificate of a process would wait for is done when the process starts."""

import logging

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import translation

from certificates.paper.rendering import render_pdf

from .composing import example_print
from .designs import design_in_use

logger = logging.getLogger(__name__)


def warm_up():
    """Print the example of the design in use and throw it away; call it in a thread of its own, after the fork."""
    language = settings.LANGUAGE_CODE
    try:
        with translation.override(language):
            render_pdf(example_print(design_in_use(language), language=language))
    except DatabaseError as error:
        logger.warning("The press was not warmed up: the database does not answer (%s).", type(error).__name__)
    finally:
        # This thread's own.
        connections.close_all()
