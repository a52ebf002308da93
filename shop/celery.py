"""The Celery application: worker and beat. Each room declares its tasks, and what beat runs of them, in its own tasks.py."""

import os
from importlib import import_module

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.production")

ROOMS_WITH_TASKS = (
    "seal",
    "donors",
    "payments",
    "aid_packages",
    "aid_packages.deliveries",
    "transparency",
    "transparency.attribution",
    "shop.forks.checkout",
    "shop.staff",
)

app = Celery("shop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(ROOMS_WITH_TASKS)


@app.on_after_finalize.connect
def collect_beat(sender: Celery, **kwargs: object) -> None:
    """Merges each room's BEAT, so that what is due stands beside the task that does it."""
    for room in ROOMS_WITH_TASKS:
        try:
            tasks = import_module(f"{room}.tasks")
        except ModuleNotFoundError as missing:
            if missing.name != f"{room}.tasks":
                raise
            continue
        sender.conf.beat_schedule = {**sender.conf.beat_schedule, **getattr(tasks, "BEAT", {})}
