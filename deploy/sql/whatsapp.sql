-- SPDX-License-Identifier: Apache-2.0
-- Grants access to WhatsApp sessions in the layout `ai-admin` (whatsapp_auth and whatsapp_keys):
-- the columns needed for counting, never `value` or `creds`. Safe to repeat. Run as the owner of the two
-- tables, in their schema:
--   psql -v role=holdfast -f whatsapp.sql
-- The view returns properties of the credentials without the credentials themselves: counters, presence,
-- and a digest. It runs with its owner's privileges; key ids are not returned.
\if :{?role}
\else
  \set role holdfast
\endif
SET client_min_messages = warning;

GRANT SELECT (company_id, updated_at) ON whatsapp_auth TO :"role";
GRANT SELECT (company_id, key_type, key_id, updated_at, expires_at) ON whatsapp_keys TO :"role";

-- With row security enabled, a role without a policy sees no rows and would raise false alarms.
SELECT format('DROP POLICY IF EXISTS holdfast_reads ON %1$s; '
              'CREATE POLICY holdfast_reads ON %1$s FOR SELECT TO %2$I USING (true)',
              oid::regclass, :'role')
FROM pg_class
WHERE oid IN ('whatsapp_auth'::regclass, 'whatsapp_keys'::regclass) AND relrowsecurity \gexec

DROP VIEW IF EXISTS holdfast_whatsapp_credentials;
CREATE VIEW holdfast_whatsapp_credentials AS
SELECT
  a.company_id AS session,
  coalesce(jsonb_typeof(a.creds -> 'me') = 'object', false) AS has_me,
  c.next_id AS next_pre_key_id,
  -- The newest pre-key is the last one uploaded to WhatsApp's server.
  EXISTS (SELECT FROM whatsapp_keys k
          WHERE k.company_id = a.company_id AND k.key_type = 'pre-key'
            AND k.key_id = (c.next_id - 1)::text) AS last_pre_key_exists,
  (SELECT count(*) FROM whatsapp_keys k
   WHERE k.company_id = a.company_id AND k.key_type = 'pre-key'
     AND CASE WHEN k.key_id ~ '^[0-9]{1,9}$' THEN k.key_id::bigint >= c.next_id
         END) AS pre_keys_beyond_next,
  left(encode(sha256(convert_to(a.creds #>> '{signedIdentityKey,public}', 'UTF8')), 'hex'), 16)
    AS identity_digest,
  c.app_state_key IS NOT NULL AS names_app_state_key,
  -- Some applications encode ids like file names.
  EXISTS (SELECT FROM whatsapp_keys k
          WHERE k.company_id = a.company_id AND k.key_type = 'app-state-sync-key'
            AND k.key_id IN (c.app_state_key, replace(c.app_state_key, '/', '__')))
    AS app_state_key_exists,
  pg_column_size(a.creds) AS creds_bytes,
  -- Stored size; reads every row of the session if selected.
  (SELECT max(pg_column_size(k.value)) FROM whatsapp_keys k
   WHERE k.company_id = a.company_id) AS largest_key_bytes
FROM whatsapp_auth a
CROSS JOIN LATERAL (
  SELECT
    CASE WHEN a.creds ->> 'nextPreKeyId' ~ '^[0-9]{1,9}$'
         THEN (a.creds ->> 'nextPreKeyId')::bigint END AS next_id,
    nullif(a.creds ->> 'myAppStateKeyId', '') AS app_state_key
) c;
COMMENT ON VIEW holdfast_whatsapp_credentials IS
  'What Holdfast checks about WhatsApp credentials: no key, no key id, no phone number';
REVOKE ALL ON holdfast_whatsapp_credentials FROM PUBLIC;
GRANT SELECT ON holdfast_whatsapp_credentials TO :"role";
