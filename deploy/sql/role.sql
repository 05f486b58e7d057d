-- SPDX-License-Identifier: Apache-2.0
-- The role Holdfast logs in as. Safe to repeat. Run as a superuser, or as an administrator who can
-- create roles:
--   psql -v role=holdfast -f role.sql
-- Set the password interactively, so that it is stored in no file:
--   \password holdfast
\if :{?role}
\else
  \set role holdfast
\endif
SET client_min_messages = warning;

SELECT format('CREATE ROLE %I LOGIN', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec

-- Read-only, and with a limit on the duration of a statement.
ALTER ROLE :"role" SET default_transaction_read_only = on;
ALTER ROLE :"role" SET statement_timeout = '30s';
-- The daemon uses at most three, a manual `holdfast check` three more.
ALTER ROLE :"role" CONNECTION LIMIT 10;

-- Makes the sessions of other roles visible. Some providers do not allow granting it: then Holdfast
-- reports which facts are missing, and monitors the rest.
SELECT set_config('holdfast.role', :'role', false) \g /dev/null
DO $$
BEGIN
  EXECUTE format('GRANT pg_monitor TO %I', current_setting('holdfast.role'));
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING 'pg_monitor could not be granted: the states of other sessions remain hidden';
END $$;
