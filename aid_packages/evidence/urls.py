"""Addresses of released evidence, under /<language>/evidence/. A name is random, and says nothing."""

from django.urls import path

from aid_packages.evidence import views

app_name = "evidence"

urlpatterns = [
    path("<slug:token>/", views.item, name="item"),
    path("<slug:token>/file/", views.item_file, name="file"),
]
