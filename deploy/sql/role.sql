-- SPDX-License-Identifier: Apache-2.0
-- The role Holdfast logs in as. May be run again. As a superuser, or as an administrator who may
-- create roles:
--   psql -v role=holdfast -f role.sql
-- The password is set by a person and stands in no file of ours:
--   \password holdfast
\if :{?role}
\else
  \set role holdfast
\endif
SET client_min_messages = warning;

SELECT format('CREATE ROLE %I LOGIN', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec

-- It never writes; a statement that got lost ends by itself.
ALTER ROLE :"role" SET default_transaction_read_only = on;
ALTER ROLE :"role" SET statement_timeout = '30s';
-- A daemon uses three at most, a `holdfast check` by hand three more.
ALTER ROLE :"role" CONNECTION LIMIT 10;

-- Lets it see what other roles' sessions do. Some providers do not let their customers grant it:
-- then Holdfast says which facts it cannot see, and watches the rest.
SELECT set_config('holdfast.role', :'role', false) \g /dev/null
DO $$
BEGIN
  EXECUTE format('GRANT pg_monitor TO %I', current_setting('holdfast.role'));
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING 'pg_monitor could not be granted: states of other sessions stay unseen';
END $$;
