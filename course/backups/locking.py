"""Encryption of backups in the format of age."""

import contextlib
import io
import os
import threading

import pyrage

from .exceptions import BackupError


def recipients_of(texts):
    try:
        return [pyrage.x25519.Recipient.from_str(text) for text in texts]
    except pyrage.RecipientError as error:
        raise BackupError(
            "BACKUP_RECIPIENTS no nombra llaves públicas de age / it names no public keys of age (age1…)."
        ) from error


def identities_in(path):
    if str(path).upper().startswith("AGE-SECRET-KEY-"):
        # Do not repeat the key: others may read the terminal.
        raise BackupError("Dé el archivo en que está la llave, no la llave / give the file that holds the key.")
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except OSError as error:
        raise BackupError(f"No se puede leer / it cannot be read: {path} ({error.strerror}).") from error
    except (pyrage.IdentityError, UnicodeDecodeError):
        found = []
    if not found:
        raise BackupError(
            f"No hay una llave de respaldos en / there is no key of backups in {path} (AGE-SECRET-KEY-1…)."
        )
    return found


def new_key():
    """Return (identity, recipient) as texts: the private and the public key."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def write_encrypted(pieces, target, recipients):
    source, target = _Source(pieces), _Target(target)
    try:
        pyrage.encrypt_io(source, target, recipients)
    except pyrage.EncryptError:
        raise (source.problem or target.problem) from None


@contextlib.contextmanager
def decrypted(file, identities):
    """Yield a readable file of an encrypted one; `BackupError` for a wrong key or a damaged file."""
    reading, writing = os.pipe()
    problems = []

    def decrypt():
        try:
            with os.fdopen(writing, "wb") as target:
                _decrypt(file, target, identities)
        except BrokenPipeError:
            pass
        except BackupError as error:
            problems.append(error)

    thread = threading.Thread(target=decrypt, daemon=True)
    thread.start()
    try:
        with os.fdopen(reading, "rb") as source:
            try:
                yield source
            except BackupError:
                source.close()
                thread.join()
                _tell(problems)
                raise
    finally:
        thread.join()
    _tell(problems)


def _decrypt(file, target, identities):
    target = _Target(target)
    try:
        pyrage.decrypt_io(file, target, identities)
    except (pyrage.DecryptError, OSError) as error:
        if target.problem:
            raise target.problem from None
        if "No matching keys" in str(error):
            raise BackupError("Esa llave no abre este respaldo / that key does not open this backup.") from error
        raise BackupError(
            "El archivo está dañado: no se descifra / the file is damaged: it does not decrypt."
        ) from error


def _tell(problems):
    for problem in problems:
        raise problem


class _Source(io.RawIOBase):
    def __init__(self, pieces):
        self.pieces, self.rest, self.problem = iter(pieces), b"", None

    def read(self, size=-1):
        try:
            while not self.rest:
                self.rest = next(self.pieces)
        except StopIteration:
            return b""
        except Exception as error:
            self.problem = error
            raise
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken


class _Target:
    def __init__(self, file):
        self.file, self.problem = file, None

    def write(self, piece):
        try:
            return self.file.write(piece)
        except Exception as error:
            self.problem = error
            raise

    def flush(self):
        self.file.flush()
