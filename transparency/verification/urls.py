"""Addresses of checking: the page, under /<language>/verify/."""

from django.urls import path

from transparency.verification import views

app_name = "verify"

urlpatterns = [path("", views.verify, name="page")]
