"""Addresses of payments: the webhook stands outside the languages, the receipt names its own."""

from django.urls import path

from payments import views

app_name = "payments"

urlpatterns = [
    path("webhooks/stripe/", views.webhook, name="webhook"),
    path("<slug:language>/receipt/<slug:token>/", views.receipt, name="receipt"),
]
