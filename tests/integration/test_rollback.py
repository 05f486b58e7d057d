# SPDX-License-Identifier: Apache-2.0
"""The rollback to the old database (alerts/runbooks/rollback.md), rehearsed in the demo."""

import re
import unittest

from demo_site import DemoSite, wait_for


class Rollback(unittest.TestCase):
    def setUp(self):
        self.site = DemoSite()
        self.addCleanup(self.site.close)

    def test_the_drill_succeeds_and_restores_the_site(self):
        said = self.site.run("deploy/demo/rollback-drill", timeout=300)
        print(said)
        steps = re.findall(r"^  ([1-8])(?:,4)?  ?\w.* \d+ ms$", said, re.M)
        self.assertEqual(steps, ["1", "2", "3", "5", "6", "7", "8"])
        self.assertRegex(said, r"Outage \d+\.\d s; total rollback time \d+\.\d s\.")
        self.assertEqual(self.site.psql("SELECT count(*) FROM pg_database "
                                        "WHERE datname = 'before_the_move'"), "0")
        self.assertEqual(self.site.psql("SHOW default_transaction_read_only"), "off")
        self.assertEqual(self.site.psql("SELECT count(*) FROM whatsapp_keys"), "728")
        wait_for(lambda: self.site.status()["services"]["raw_status"] in ("ok", "warning"), 60,
                 "the services are up")
        wait_for(lambda: self.site.status()["sessions"]["raw_status"] == "ok", 60, "the sessions are ok")


if __name__ == "__main__":
    unittest.main()
