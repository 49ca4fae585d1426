#!/usr/bin/env bash
# Run once by a new PostgreSQL cluster, as its superuser: the database of the store $STORE (main, keys or journal) and the
# roles that sign in to it, without any right on a table. `cenacle migrate` then grants each its own, table by table, from
# one declaration (decision 0019). The owner migrates, restores and grants; the application, the sealer, the purger, the
# dumper (backups) and the reader (the DPO's) own nothing. Only the dumper passes by row-level security, and it changes
# nothing; only the purger leaves behind the log that held the keys it destroyed.
set -euo pipefail
case "$STORE" in
  main | keys | journal) ;;
  *) echo "STORE must be main, keys or journal" >&2; exit 2 ;;
esac
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname postgres --set store="$STORE" \
  --set owner_password="$OWNER_PASSWORD" --set application_password="$APPLICATION_PASSWORD" \
  --set sealer_password="$SEALER_PASSWORD" --set purger_password="$PURGER_PASSWORD" \
  --set dumper_password="$DUMPER_PASSWORD" --set reader_password="$READER_PASSWORD" <<'SQL'
CREATE ROLE owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE application LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'application_password';
CREATE ROLE sealer LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'sealer_password';
CREATE ROLE purger LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'purger_password';
CREATE ROLE dumper LOGIN NOSUPERUSER BYPASSRLS PASSWORD :'dumper_password';
CREATE ROLE reader LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'reader_password';
GRANT pg_read_all_data TO dumper;
GRANT pg_checkpoint TO purger;
CREATE DATABASE :"store" OWNER owner;
REVOKE ALL ON DATABASE :"store" FROM PUBLIC;
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
\connect :"store"
GRANT EXECUTE ON FUNCTION pg_switch_wal() TO purger;
SQL
