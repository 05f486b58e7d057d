-- SPDX-License-Identifier: Apache-2.0
-- The rights of Holdfast's role in the demo. May be run again.
GRANT pg_monitor TO holdfast;
GRANT SELECT (company_id, key_type, key_id, updated_at, expires_at) ON whatsapp_keys TO holdfast;
