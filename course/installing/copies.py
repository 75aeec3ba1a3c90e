"""The folders that backups are copied to: made for the site's account where their disk is there."""

import os
import pwd
from pathlib import Path

from course.operating.bringing import is_out_of_reach
from course.operating.words import Refused, say

from . import places
from .steps import Folder

_OWN = (places.ACCOUNT, places.ACCOUNT)


class CopiesFolder(Folder):
    """One of them. A disk that is away hinders nothing; it is said, and each backup says it again."""

    def __init__(self, path):
        super().__init__(path, 0o700, _OWN)

    def is_done(self, machine):
        place = machine.at(self.path)
        if not place.is_dir() and place.parent.is_dir():
            return False
        if machine.is_this_one and not machine.dry_run and not self._takes_backups(machine):
            machine.notices.append(
                say(
                    f"{self.path}: la cuenta {places.ACCOUNT} no puede guardar ahí los respaldos. Conecte el disco, "
                    f"haga la carpeta, y después: chown {places.ACCOUNT} {self.path} . En una memoria con FAT o exFAT "
                    f"eso no se puede: móntela con «-o uid={places.ACCOUNT},umask=077».",
                    f"{self.path}: the account {places.ACCOUNT} cannot keep backups there. Plug the disk in, make the "
                    f"folder, then: chown {places.ACCOUNT} {self.path} . A stick with FAT or exFAT cannot do that: "
                    f"mount it with “-o uid={places.ACCOUNT},umask=077”.",
                )
            )
        return True

    def _takes_backups(self, machine):
        if not Path(self.path).is_dir():
            return False
        try:
            machine.run(["test", "-w", self.path], account=places.ACCOUNT)
        except Refused:
            return False
        return True

    def do(self, machine):
        if machine.is_this_one and self._is_made_by_the_account(machine):
            return
        if machine.is_this_one and not self._is_for_root_to_make():
            raise Refused(
                say(
                    f"{self.path}: ese camino pasa por un enlace o por una carpeta de la cuenta {places.ACCOUNT}. Dé "
                    "la ruta sin enlaces, o haga la carpeta a mano.",
                    f"{self.path}: that path leads over a link or a folder of the account {places.ACCOUNT}. Give the "
                    "path without links, or make the folder by hand.",
                )
            )
        try:
            super().do(machine)
        except PermissionError:
            # A stick whose files have no owner: whether it takes them all the same is seen next.
            self.is_done(machine)

    def _is_made_by_the_account(self, machine):
        try:
            machine.run(["mkdir", "-m", "700", self.path], account=places.ACCOUNT)
        except Refused:
            return False
        return True

    def _is_for_root_to_make(self):
        account = pwd.getpwnam(places.ACCOUNT)
        groups = os.getgrouplist(places.ACCOUNT, account.pw_gid)
        return is_out_of_reach(Path(self.path).parent, uid=account.pw_uid, groups=groups)
