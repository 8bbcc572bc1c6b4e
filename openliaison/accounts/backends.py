"""Who may come in with a right password."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.backends import ModelBackend

from .models import User


class HouseBackend(ModelBackend):
    """Active people; the example's, whose password everybody knows, in demo mode alone.

    Asked at the log-in and again at every request, so that a closed door also ends open sessions.
    """

    def user_can_authenticate(self, user: User) -> bool:  # type: ignore[override]
        return super().user_can_authenticate(user) and (settings.IS_DEMO or not user.is_demo)
