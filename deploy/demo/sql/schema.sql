-- SPDX-License-Identifier: Apache-2.0
-- The demo application's tables: the two with its WhatsApp sessions, and a small booking system for
-- its seven services to work on. Owned by the role app. Safe to repeat.

CREATE TABLE IF NOT EXISTS whatsapp_auth (
  company_id text PRIMARY KEY,
  creds jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS whatsapp_keys (
  company_id text NOT NULL,
  key_type text NOT NULL,
  key_id text NOT NULL,
  value jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  PRIMARY KEY (company_id, key_type, key_id)
);
CREATE INDEX IF NOT EXISTS whatsapp_keys_company ON whatsapp_keys (company_id);
CREATE INDEX IF NOT EXISTS whatsapp_keys_type ON whatsapp_keys (key_type);
CREATE INDEX IF NOT EXISTS whatsapp_keys_type_company ON whatsapp_keys (key_type, company_id);
CREATE INDEX IF NOT EXISTS whatsapp_keys_expiry ON whatsapp_keys (expires_at)
  WHERE expires_at IS NOT NULL;

-- Enabled as on real sites; it does not apply to the application, which owns the tables.
ALTER TABLE whatsapp_auth ENABLE ROW LEVEL SECURITY;
ALTER TABLE whatsapp_keys ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS bookings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client integer NOT NULL,
  service text NOT NULL,
  starts_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'booked',
  updated_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO bookings (client, service, starts_at)
SELECT n, 'service ' || n % 7, now() + n * interval '3 hours'
FROM generate_series(1, 38) AS n
WHERE NOT EXISTS (SELECT FROM bookings);

CREATE TABLE IF NOT EXISTS messages (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sender text NOT NULL,
  body text NOT NULL,
  state text NOT NULL DEFAULT 'queued',
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS messages_state ON messages (state, id);
