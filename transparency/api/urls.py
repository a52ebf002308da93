"""Addresses of the API, without a language: a program chooses one by a parameter."""

from django.urls import path, re_path

from transparency.addresses import SECTION, SLUG
from transparency.api import views

app_name = "api"

urlpatterns = [
    path("openapi.json", views.openapi, name="openapi"),
    path("log", views.log, name="log"),
    path("reports", views.reports, name="reports"),
    re_path(rf"^reports/{SLUG}$", views.report, name="report"),
    re_path(rf"^reports/{SLUG}/content$", views.content, name="content"),
    re_path(rf"^reports/{SLUG}/revisions$", views.revisions, name="revisions"),
    re_path(rf"^reports/{SLUG}/sections$", views.sections, name="sections"),
    re_path(rf"^reports/{SLUG}/sections/{SECTION}$", views.section, name="section"),
    re_path(r"^(?P<path>.*)$", views.nothing, name="nothing"),
]
