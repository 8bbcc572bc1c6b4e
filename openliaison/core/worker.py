"""The worker part: `python -m openliaison.core.worker`. Ends with its database; the supervisor starts it again."""

import os


def run() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from procrastinate.contrib.django import app

    worker_app = app.with_connector(app.connector.get_worker_connector())
    with worker_app.replace_connector(worker_app.connector):
        worker_app.run_worker(concurrency=2, fetch_job_polling_interval=5.0)


if __name__ == "__main__":
    run()
