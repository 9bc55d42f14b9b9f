-- Two users: one that changes the schema, one that serves and can only read and write rows (docs/operate/database-roles.md).
-- Once, as sysadmin, before the first migration:
--
--   sqlcmd -S server -v database=identityprovider owner_password=... server_password=... -i roles.sql

USE [master];
GO
CREATE LOGIN identityprovider_owner WITH PASSWORD = '$(owner_password)', CHECK_EXPIRATION = OFF;
CREATE LOGIN identityprovider_server WITH PASSWORD = '$(server_password)', CHECK_EXPIRATION = OFF;
GO
USE [$(database)];
GO
CREATE USER identityprovider_owner FOR LOGIN identityprovider_owner;
CREATE USER identityprovider_server FOR LOGIN identityprovider_server;

ALTER ROLE db_datareader ADD MEMBER identityprovider_owner;
ALTER ROLE db_datawriter ADD MEMBER identityprovider_owner;
ALTER ROLE db_ddladmin ADD MEMBER identityprovider_owner;

ALTER ROLE db_datareader ADD MEMBER identityprovider_server;
ALTER ROLE db_datawriter ADD MEMBER identityprovider_server;
GO
