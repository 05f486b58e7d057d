-- SPDX-License-Identifier: Apache-2.0
-- The demo application's tables: the two in which it keeps its WhatsApp sessions, as the first
-- user has them, and as much of a booking system as its seven services need to have work to do.
-- Owned by the role app. May be run again.

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

-- As at the first user's: on, with the application as the owner, whom it does not bind.
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
