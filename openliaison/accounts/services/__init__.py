"""Coming in and being somebody: log-in, sessions, invitations, people and their roles, organisations."""

from .door import change_password, log_in, log_out_everywhere, switch_role
from .invitations import (
    accept_invitation,
    invite,
    invite_to_new_password,
    may_invite_as,
    may_reset,
    read_invitation,
    renew_invitation,
    revoke_invitation,
)
from .organisations import add_organisation, edit_organisation, seed_organisations
from .people import (
    add_role,
    create_first_administrator,
    deactivate_person,
    edit_role,
    end_role,
    reactivate_person,
)

__all__ = [
    "accept_invitation",
    "add_organisation",
    "add_role",
    "change_password",
    "create_first_administrator",
    "deactivate_person",
    "edit_organisation",
    "edit_role",
    "end_role",
    "invite",
    "invite_to_new_password",
    "log_in",
    "log_out_everywhere",
    "may_invite_as",
    "may_reset",
    "reactivate_person",
    "read_invitation",
    "renew_invitation",
    "revoke_invitation",
    "seed_organisations",
    "switch_role",
]
