"""Addresses of the seal's files, under /seal/: for machines, without a language (C2SP tlog-tiles)."""

from django.urls import path, re_path

from transparency.verification import views

app_name = "seal"

INDEX = r"(?P<path>(?:x[0-9]{3}/){0,3}[0-9]{3})"
WIDTH = r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"

urlpatterns = [
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("checkpoints/<int:size>.json", views.checkpoint_of, name="checkpoint_of"),
    path("log.json", views.log, name="log"),
    path("keys", views.keys, name="keys"),
    re_path(rf"^tile/(?P<level>entries|[0-5])/{INDEX}{WIDTH}$", views.tile, name="tile"),
    re_path(r"^notes/(?P<slug>[0-9a-z-]{1,64})\.bin$", views.notes, name="notes"),
    path("verify.html", views.verifier_page, name="verify_html"),
    path("verify.py", views.verifier_script, name="verify_py"),
    path("proof-1.schema.json", views.schema, name="schema"),
]
