#!/usr/bin/env bash
# Run once by a new PostgreSQL cluster, as its superuser: the database of the store $STORE (main, keys or journal), its
# owner, who migrates, the application, who owns nothing, truncates nothing and only reads the journal, and the sealer,
# who alone adds to the journal. The owner also runs the purge, which leaves no trace of a key in files or in the log,
# and the backups, for which it takes the role of a reader whom no row-level security binds, and who signs in nowhere.
set -euo pipefail
case "$STORE" in
  main) privileges="SELECT, INSERT, UPDATE, DELETE"; sealing="SELECT, INSERT, UPDATE, DELETE" ;;
  keys) privileges="SELECT, INSERT, UPDATE, DELETE"; sealing="SELECT" ;;
  journal) privileges="SELECT"; sealing="SELECT, INSERT" ;;
  *) echo "STORE must be main, keys or journal" >&2; exit 2 ;;
esac
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname postgres --set store="$STORE" --set privileges="$privileges" --set sealing="$sealing" \
  --set owner_password="$OWNER_PASSWORD" --set application_password="$APPLICATION_PASSWORD" \
  --set sealer_password="$SEALER_PASSWORD" <<'SQL'
CREATE ROLE owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE application LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'application_password';
CREATE ROLE sealer LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'sealer_password';
CREATE ROLE dumper NOLOGIN NOSUPERUSER BYPASSRLS;
GRANT pg_read_all_data TO dumper;
GRANT dumper TO owner;
CREATE DATABASE :"store" OWNER owner;
REVOKE ALL ON DATABASE :"store" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"store" TO application, sealer;
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
\connect :"store"
ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT :privileges ON TABLES TO application;
ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT :sealing ON TABLES TO sealer;
GRANT pg_checkpoint TO owner;
GRANT EXECUTE ON FUNCTION pg_switch_wal() TO owner;
SQL
