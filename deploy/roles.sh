#!/bin/sh
# Runs once, when the database's volume is new: the two roles, and the database that one of them owns.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" --username postgres <<'SQL'
CREATE ROLE swb_owner LOGIN PASSWORD :'owner';
CREATE ROLE swb_app LOGIN PASSWORD :'app';
CREATE DATABASE store OWNER swb_owner;
SQL
