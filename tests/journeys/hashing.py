"""The site's hashes of PINs with fewer rounds."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from course.people.hashers import SealedPasswordHasher


class FewRounds(PBKDF2PasswordHasher):
    iterations = 1_000


class QuickHasher(SealedPasswordHasher):
    inner = FewRounds()
