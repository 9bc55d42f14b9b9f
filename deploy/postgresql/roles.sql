-- Two roles: one that owns the schema and migrates it, one that serves and can only read and write rows (docs/operate/database-roles.md).
-- Once, as a superuser, in the database of the server, before the first migration:
--
--   psql -d identityprovider -v database=identityprovider -v owner_password=... -v server_password=... -f roles.sql

CREATE ROLE identityprovider_owner LOGIN PASSWORD :'owner_password' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE ROLE identityprovider_server LOGIN PASSWORD :'server_password' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

-- Whoever else has an account on this PostgreSQL has no business here.
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO identityprovider_owner, identityprovider_server;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO identityprovider_owner;
GRANT USAGE ON SCHEMA public TO identityprovider_server;

-- Of what the owner will make in migrations: rows, and the numbers that the database counts.
ALTER DEFAULT PRIVILEGES FOR ROLE identityprovider_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO identityprovider_server;
ALTER DEFAULT PRIVILEGES FOR ROLE identityprovider_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO identityprovider_server;

-- A statement that never ends holds locks that others wait for; a transaction that nobody goes on with holds them longer.
ALTER ROLE identityprovider_server IN DATABASE :"database" SET statement_timeout = '60s';
ALTER ROLE identityprovider_server IN DATABASE :"database" SET idle_in_transaction_session_timeout = '60s';
