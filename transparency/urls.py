"""Addresses of the reports, under /<language>/reports/."""

from django.urls import path, re_path

from transparency import views

app_name = "reports"

SLUG = r"(?P<slug>[0-9]{4}(?:-[0-9]{2})?(?:-to-date)?-r[0-9]{1,4})"
ADDRESS = r"(?P<address>to-date|[0-9]{4}(?:-[0-9]{2})?(?:-to-date)?)"

urlpatterns = [
    path("", views.report_list, name="list"),
    path("schema/report-1.schema.json", views.schema, name="schema"),
    re_path(rf"^{SLUG}/$", views.report, name="report"),
    re_path(rf"^{SLUG}/report\.json$", views.report_json, name="report_json"),
    re_path(rf"^{SLUG}/report\.csv$", views.report_csv, name="report_csv"),
    re_path(rf"^{ADDRESS}/$", views.newest, name="newest"),
]
