"""What follows a merge or a move in other rooms. Runs as the house: a coordinator does not see every row."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app

from . import followers
from .models import Merge


@app.task(name="register.carry_followers", lock="register.carry_followers")
@transaction.atomic
def carry_followers(merge_id: int) -> None:
    """Bring other rooms' rows where the merge says they belong; safe to run twice."""
    merge = Merge.objects.select_for_update().get(pk=merge_id)
    if merge.undone_at:
        followers.carry(away_from=merge.kept_id, to=merge.taken_id, only=merge.moved)
        followers.relocate([merge.kept_id, merge.taken_id])
        return
    for name, ids in followers.carry(away_from=merge.taken_id, to=merge.kept_id).items():
        merge.moved[name] = sorted({*merge.moved.get(name, []), *ids})
    merge.save(update_fields=["moved"])
    followers.relocate([merge.kept_id])


@app.task(name="register.relocate_followers")
@transaction.atomic
def relocate_followers(enterprise_id: int) -> None:
    """Let the desk of the area to which an enterprise has moved see what hangs on it, and the former one no more."""
    followers.relocate([enterprise_id])
