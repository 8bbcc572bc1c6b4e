"""Pages and doors of the phone, under /phone/."""

from django.urls import path

from . import shell, views

urlpatterns = [
    path("", shell.shell, name="phone"),
    path("me.json", shell.me, name="phone_me"),
    path("manifest.webmanifest", shell.manifest, name="phone_manifest"),
    path("no-signal", shell.no_signal, name="phone_no_signal"),
    path("pack.json", views.pack, name="phone_pack"),
    path("sync", views.sync, name="phone_sync"),
    path("files/<uuid:photo>", views.file, name="phone_file"),
    path("conflicts/<int:conflict_id>", views.settle, name="phone_conflict"),
    path("wiped", views.wiped, name="phone_wiped"),
]
