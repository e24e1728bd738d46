"""The daemon of some settings: its jobs, and the same once more where the settings change."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from krmd.app import rules
from krmd.base.errors import KrmdError, UserError
from krmd.bootstrap import Krmd
from krmd.bootstrap.web import Shown
from krmd.daemon.daemon import Daemon, Job
from krmd.daemon.notify import Notifier
from krmd.logs import register_secret
from krmd.settings import load_settings


def daemon(krmd: Krmd, config: Path | None, environ: Mapping[str, str]) -> Daemon:
    """The daemon of these settings; it reads them again from the same place when asked to.

    Another store can't be changed to while it runs: that is a UserError of the reload.
    """
    shown = Shown(krmd, environ)

    def reload() -> list[Job]:
        settings = load_settings(config, environ, revealed=register_secret)
        if settings.store.url != krmd.settings.store.url:
            raise UserError("[store] url is another now; restart krmd run to change to it")
        again = Krmd(settings, krmd.store, krmd.clock)
        if not rules.is_judged(again.store, again.fingerprint):
            from krmd.app import judging

            judging.rebuild(again.store, again.judge, again.fingerprint)
        return [*_jobs(again), *shown.jobs(again)]

    # What a forgetting left undone, since others used the store then.
    with contextlib.suppress(KrmdError):
        krmd.forgetting.finish()
    return Daemon(
        krmd.store,
        [*_jobs(krmd), *shown.jobs(krmd)],
        clock=krmd.clock,
        reload=reload,
        notify=Notifier.of(environ),
    )


def _jobs(krmd: Krmd) -> list[Job]:
    settings = krmd.settings
    shared = (settings.owner, settings.counting, settings.privacy, settings.commands)
    return [
        *(
            replace(krmd.job(account), made_of=(account, *shared))
            for account in settings.accounts.values()
        ),
        *(krmd.book_job(book) for book in settings.contacts.values()),
    ]
