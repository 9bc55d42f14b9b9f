#!/bin/sh
# Run by the image of PostgreSQL when it makes the database: the two roles of docs/operate/database-roles.md.
set -eu
psql -v ON_ERROR_STOP=1 --username postgres --dbname "$POSTGRES_DB" \
  -v database="$POSTGRES_DB" \
  -v owner_password="$(cat /run/secrets/owner_password)" \
  -v server_password="$(cat /run/secrets/server_password)" \
  -f /roles.sql
