"""Of Oscar's dashboard: its sign-in, its frame and its look. docs/decisions/0011 says why no more."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from shop.staff.sign_in import SignIn
from shop.staff.views.waiting import Waiting

app_name = "dashboard"
urlpatterns = [
    path("", Waiting.as_view(), name="index"),
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(next_page="/"), name="logout"),
]
