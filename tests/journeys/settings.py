"""The site of `script/server`, but for the time that trying a PIN takes: browsers ask for some hundreds of them."""

from course.settings.dev import *  # noqa: F403
from course.settings.dev import PASSWORD_HASHERS

PASSWORD_HASHERS = ["tests.journeys.hashing.QuickHasher", *PASSWORD_HASHERS[1:]]
