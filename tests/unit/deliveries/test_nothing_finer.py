"""Nothing finer than a week and a region is stored of any help: there is no column for it."""

import pytest
from django.apps import apps
from django.db import connection, models

from aid_packages.deliveries.models import ImportRun
from core.models import TrailEntry
from tests.factories.deliveries import LAST_WEEK, done, given, handed

OF_HELP = [model for model in apps.get_app_config("deliveries").get_models() if model is not ImportRun]
CODES = {"fund_code", "request_key", "code", "kind", "unit", "origin", "value_basis", "source", "target", "sku", "part"}
"""Texts that hold codes of ours, or name an item or a package's line: none of them says where, when or who."""


@pytest.mark.parametrize("model", OF_HELP, ids=lambda model: model.__name__)
def test_no_column_takes_a_day_a_place_or_a_person(model: type[models.Model]) -> None:
    for column in model._meta.get_fields():
        if not isinstance(column, models.Field):
            continue
        name = f"{model.__name__}.{column.name}"
        fine = (models.DateField, models.TimeField, models.DateTimeField, models.DurationField)
        assert not isinstance(column, fine), f"{name} could hold a day or an hour"
        assert not isinstance(column, models.FloatField | models.DecimalField), f"{name} could hold a coordinate"
        assert not isinstance(column, models.FileField | models.GenericIPAddressField), name
        assert not isinstance(column, models.TextField), f"{name} could hold a story"
        if isinstance(column, models.CharField):
            assert column.name in CODES, f"{name} could hold a place or a name"
        if isinstance(column, models.ForeignKey):
            assert column.related_model.__name__ != "User", (
                f"{name} says who was there; the trail says who wrote it down"
            )


@pytest.mark.django_db
def test_the_database_has_no_finer_column_either() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_name LIKE 'deliveries\\_%' AND table_name <> 'deliveries_importrun'"
            " AND data_type NOT IN ('bigint', 'integer', 'smallint', 'character varying', 'jsonb')"
        )
        assert cursor.fetchall() == []


@pytest.mark.usefixtures("store")
def test_the_trail_of_help_names_no_day_of_it_since_its_week_is_over() -> None:
    given(3)
    handed(1, week=LAST_WEEK)
    done(2, week=LAST_WEEK)
    for entry in TrailEntry.objects.filter(act__in=["delivery.recorded", "service.recorded"]):
        assert set(entry.facts) == {"units"}


def test_only_what_a_report_never_reads_knows_its_hour() -> None:
    """An import knows when it was handed in and by whom; it is not help, and its rows are let go."""
    names = {column.name for column in ImportRun._meta.get_fields() if isinstance(column, models.DateTimeField)}
    assert names == {"made_at", "moved_at"}
