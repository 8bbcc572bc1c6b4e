"""What `openliaison serve` does once the database answers and before anybody is let in."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from openliaison.core.server import BAD_INPUT, Options

Say = Callable[[str], None]


def prepare(options: Options, say: Say) -> int | None:
    """Migrate, load the example or refuse what is unsafe, collect static files. An exit code, or None to go on."""
    if not options.is_demo:
        make_secret(options.data)
    import django

    django.setup()
    from django.core.management import call_command

    from openliaison.core.translations import compile_all

    compile_all()
    call_command("migrate", verbosity=0)
    if not options.is_demo and (complaint := unsafe()):
        say(complaint)
        return BAD_INPUT
    call_command("collectstatic", verbosity=0, interactive=False)
    _fill_places(say)
    if options.is_demo:
        _load_example(say)
    say(f"OpenLiaison is at {options.url}")
    _name_the_door(options, say)
    return None


def unsafe() -> str:
    """Why real work must not start here, with the cure; empty when it may."""
    from django.conf import settings

    from openliaison.accounts import demo

    if settings.DEBUG:
        return "Real mode does not start with OPENLIAISON_DEBUG=1; unset it."
    if settings.SECRET_KEY == settings.DEFAULT_KEY:
        return "Real mode does not start with the default key; remove data/secret so that a new one is made."
    if demo.has_demo_accounts():
        return "This folder holds the example with its known passwords; real mode wants another folder (--data)."
    return ""


def make_secret(data: Path) -> None:
    """The key that signs sessions, for its owner's eyes only. Whole or not at all: it is renamed into place."""
    file = data / "secret"
    if file.exists():
        return
    import secrets

    part = data / f"secret.{os.getpid()}"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(secrets.token_urlsafe(60))
    part.rename(file)


def _fill_places(say: Say) -> None:
    """After an update: what it newly asks of a place begins with the example's number."""
    from openliaison.core.models import Place
    from openliaison.core.place_pack import read_pack
    from openliaison.core.places import fill_missing

    from . import story

    for place in Place.objects.all():
        if added := fill_missing(place, read_pack(story.PLACES / story.EXAMPLE)):
            say(f"{place.name}: new settings begin with the house's defaults: {', '.join(added)}. See Settings.")


def _load_example(say: Say) -> None:
    from . import story

    story.load_if_empty(say=say)


def _name_the_door(options: Options, say: Say) -> None:
    """Who can come in: the example's people, or how the first administrator gets a link."""
    from django.utils.translation import override

    from openliaison.accounts import demo
    from openliaison.core.models import Place

    if options.is_demo:
        with override("zh-hans"):
            chinese = [role for role, _name, _password in demo.logins()]
        with override("en"):
            for (role, name, password), also in zip(demo.logins(), chinese, strict=True):
                say(f"  {name:<10} {password:<14} {role} · {also}")
    elif not Place.objects.exists():
        say("There is no place yet: openliaison init --place FOLDER --admin NAME prints the first link.")
