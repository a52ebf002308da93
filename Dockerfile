# syntax=docker/dockerfile:1
# The shop's image: built in one stage, run from another that holds no compiler, as a user without rights.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
COPY requirements/base.txt requirements/base.txt
RUN python -m venv /venv && /venv/bin/pip install --require-hashes --requirement requirements/base.txt
COPY . /srv/store
WORKDIR /srv/store
# Development's settings need no secret: gathering static files and compiling texts touch none.
RUN rm -rf stripe_sandbox tests bench .ci \
    && /venv/bin/python -m shop.messages \
    && DJANGO_SETTINGS_MODULE=shop.settings.development STATIC_ROOT=/srv/static /venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin store
COPY --from=build /venv /venv
COPY --from=build /srv/store /srv/store
COPY --from=build /srv/static /srv/static
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=shop.settings.production \
    STATIC_ROOT=/srv/static
WORKDIR /srv/store
USER 10001
EXPOSE 8000
CMD ["gunicorn", "shop.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm"]
