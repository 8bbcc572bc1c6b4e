"""Pictures and papers of a visit: kept once, without their position."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from openliaison.accounts.models import Role
from openliaison.core import files, journal
from openliaison.visits.errors import AlreadyDone, KeyUsed, NotAllowed
from openliaison.visits.models import Visit, VisitFile


@transaction.atomic
def attach_to_visit(
    *, visit: Visit, upload: UploadedFile, by: Role, at: datetime, file_id: UUID | None = None
) -> VisitFile:
    """Keep a file with a visit. The same number, or the same content, sent twice is kept once.

    Args:
        file_id: made by who sends it.

    Raises:
        files.Unwelcome: the type by content or the size is not taken. NotAllowed: somebody else's visit.
        KeyUsed: the number belongs to a file of another visit. AlreadyDone: the visit was taken back.
    """
    if visit.officer_id != by.user_id:
        raise NotAllowed(_("Pictures are added by who was there."))
    if visit.withdrawn_at:
        raise AlreadyDone(_("This record was taken back; record the contact anew."))
    if file_id is not None and (known := VisitFile.objects.filter(pk=file_id).first()):
        return _same_visit(known, visit)
    return keep_file(visit, files.keep(upload), file_id or uuid4(), by, at)


def keep_file(visit: Visit, kept: files.Kept, file_id: UUID, by: Role, at: datetime) -> VisitFile:
    """The row of a file whose content is stored; the one that stands, where it is there already."""
    row = VisitFile(
        pk=file_id,
        visit=visit,
        enterprise_id=visit.enterprise_id,
        locality_path=visit.locality_path,
        uploaded_by_id=by.user_id,
        uploaded_at=at,
        **kept._asdict(),
    )
    VisitFile.objects.bulk_create([row], ignore_conflicts=True)
    found = VisitFile.objects.filter(visit=visit, sha256=kept.sha256).first()
    if found is None:
        raise KeyUsed(_("This number belongs to another file. Send it under a new one."))
    if found.pk == file_id:
        journal.record(visit, "file_attached", by=by, at=at, file=found.name, sha256=found.sha256)
    return found


def _same_visit(known: VisitFile, visit: Visit) -> VisitFile:
    if known.visit_id != visit.pk:
        raise KeyUsed(_("This number belongs to another file. Send it under a new one."))
    return known
