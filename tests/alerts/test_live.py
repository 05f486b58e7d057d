# SPDX-License-Identifier: Apache-2.0
"""For each fault of `break --list`: after inhibition, only the right alert arrives at a webhook through a
real Prometheus and Alertmanager, and resolves after `fix`. On the demo
site, with the shipped rules and routes; every wait in them is divided by 20 (stack.SPEED_UP).

HOLDFAST_SHARD=i/n runs every n-th row; HOLDFAST_FAULTS="delete-keys kill-pm2" only these.
"""

import os
import time
import unittest

from demo_site import DemoSite, wait_for
from stack import Stack

# The only alert expected for each fault.
EXPECTED = {
    "black-hole": "HoldfastDatabaseDown",
    "change-password": "HoldfastDatabaseDown",
    # Restarts every three seconds exceed the critical limit per hour before a warning has been active
    # for long enough.
    "crash-loop": "HoldfastServicesUnstable",
    "delete-credentials": "HoldfastKeysLost",
    "delete-keys": "HoldfastKeysLost",
    "delete-pre-keys": "HoldfastKeysLost",
    "expire-certificate": "HoldfastDatabaseDown",
    "expire-keys": "HoldfastSessionsWarning",
    "expiring-certificate": "HoldfastDatabaseWarning",
    "expiring-keys": "HoldfastSessionsWarning",
    "fill-pool": "HoldfastPoolExhausted",
    "fill-server": "HoldfastDatabaseDown",
    "forget-transaction": "HoldfastPoolWarning",
    "freeze-database": "HoldfastDatabaseDown",
    "freeze-pgbouncer": "HoldfastPoolUnreachable",
    "freeze-pm2": "HoldfastPm2Down",
    "kill-pm2": "HoldfastPm2Down",
    "leak-connections": "HoldfastPoolWarning",
    "lose-backups": "HoldfastFilesCritical",
    "reset-identity": "HoldfastIdentityChanged",
    "restore-backup": "HoldfastIdentityChanged",
    "revoke-rights": "HoldfastCheckNoData",
    "slow-network": "HoldfastDatabaseWarning",
    "stale-backups": "HoldfastFilesCritical",
    "stop-backups": "HoldfastFilesWarning",
    "stop-database": "HoldfastDatabaseDown",
    "stop-pgbouncer": "HoldfastPoolUnreachable",
    "stop-service": "HoldfastServiceDown",
    "truncate-backup": "HoldfastFilesCritical",
    "wrong-database": "HoldfastNotInUse",
}
# Enough for confirmation, `for` and grouping on a busy machine, with all waits divided.
SECONDS = 240


def shard(names):
    named = os.environ.get("HOLDFAST_FAULTS", "").split()
    if named:
        return [name for name in names if name in named]
    part, parts = map(int, os.environ.get("HOLDFAST_SHARD", "0/1").split("/"))
    return names[part::parts]


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # The alerts about windows have their own tests: here each fault is on its own.
        cls.site = DemoSite(past=False)
        cls.addClassCleanup(cls.site.close)
        cls.stack = Stack(cls.site.ports["PORT_HOLDFAST"])
        cls.addClassCleanup(cls.stack.close)

    def quiet(self):
        return not self.stack.active() and not self.stack.webhook.names("firing")

    def test_the_watchdog_arrives(self):
        wait_for(lambda: any(key[0] == "Watchdog" for key in self.stack.webhook.notified), 60,
                 "the Watchdog arrives")

    def test_every_fault_raises_its_alert_and_resolves_it(self):
        names = [row["fault"] for row in self.site.faults()]
        self.assertEqual(set(names), set(EXPECTED))
        for fault in shard(names):
            with self.subTest(fault):
                self.one(fault)

    def one(self, fault):
        webhook = self.stack.webhook
        wait_for(self.quiet, SECONDS, f"quiet before {fault}")
        webhook.forget()
        began = time.monotonic()
        self.site.run("deploy/demo/break", fault)
        try:
            wait_for(lambda: EXPECTED[fault] in webhook.names("firing"), SECONDS, f"{EXPECTED[fault]} arrives")
            arrived = time.monotonic()
        finally:
            self.site.run("deploy/demo/fix", fault)
        wait_for(self.quiet, SECONDS, f"the end of {fault} arrives")
        print(f"  {fault}: {EXPECTED[fault]} after {arrived - began:.0f} s, "
              f"over after {time.monotonic() - arrived:.0f} s more", flush=True)
        self.assertEqual(webhook.names(), {EXPECTED[fault]})


if __name__ == "__main__":
    unittest.main()
