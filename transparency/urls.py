"""Addresses of the reports, under /<language>/reports/."""

from django.urls import path, re_path

from transparency import views
from transparency.addresses import ADDRESS, SECTION, SLUG
from transparency.attribution.views import how

app_name = "reports"

urlpatterns = [
    path("", views.report_list, name="list"),
    path("how/", how, name="how"),
    re_path(r"^schema/report-(?P<version>[12])\.schema\.json$", views.schema, name="schema"),
    re_path(rf"^{SLUG}/$", views.report, name="report"),
    re_path(rf"^{SLUG}/report\.json$", views.report_json, name="report_json"),
    re_path(rf"^{SLUG}/report\.csv$", views.report_csv, name="report_csv"),
    re_path(rf"^{SLUG}/report\.zip$", views.report_zip, name="report_zip"),
    re_path(rf"^{SLUG}/report\.xlsx$", views.report_xlsx, name="report_xlsx"),
    re_path(rf"^{SLUG}/report\.pdf$", views.report_pdf, name="report_pdf"),
    re_path(rf"^{SLUG}/share\.png$", views.share_image, name="share_image"),
    re_path(rf"^{SLUG}/{SECTION}\.csv$", views.section_csv, name="section_csv"),
    re_path(rf"^{ADDRESS}/$", views.newest, name="newest"),
]
