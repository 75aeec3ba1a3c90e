"""Encrypted hashes of PINs and passwords, with a key outside the database."""

from django.contrib.auth.hashers import BasePasswordHasher, PBKDF2PasswordHasher

from course.sealing import PREFIX, is_sealed_anew, seal, unseal


class SealedPasswordHasher(BasePasswordHasher):
    algorithm = PREFIX.removesuffix("$")
    inner = PBKDF2PasswordHasher()

    def salt(self):
        return self.inner.salt()

    def encode(self, password, salt):
        return seal(self.inner.encode(password, salt))

    def decode(self, encoded):
        return self.inner.decode(unseal(encoded))

    def verify(self, password, encoded):
        return self.inner.verify(password, unseal(encoded))

    def safe_summary(self, encoded):
        return self.inner.safe_summary(unseal(encoded))

    def must_update(self, encoded):
        return not is_sealed_anew(encoded) or self.inner.must_update(unseal(encoded))

    def harden_runtime(self, password, encoded):
        self.inner.harden_runtime(password, unseal(encoded))
