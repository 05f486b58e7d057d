# SPDX-License-Identifier: Apache-2.0
"""Every row of `break --list`: the fault appears in `holdfast check`, in /metrics and as a confirmed
incident, with the finding and within the time of the row, and clears when fixed.

HOLDFAST_SHARD=i/n runs every n-th row, so that several sites can share the rows;
HOLDFAST_FAULTS="delete-keys kill-pm2" runs only these.
"""

import os
import re
import time
import unittest

from demo_site import DemoSite, wait_for

# The times of the rows hold on an idle machine; here other tests run in parallel, so each is extended.
SLACK = 3
# These faults restart services; no other may.
RESTARTING = {"stop-service", "crash-loop", "kill-pm2"}


def shard(rows):
    named = os.environ.get("HOLDFAST_FAULTS", "").split()
    if named:
        return [row for row in rows if row["fault"] in named]
    part, parts = map(int, os.environ.get("HOLDFAST_SHARD", "0/1").split("/"))
    return rows[part::parts]


def seconds(text):
    return int(re.fullmatch(r"(\d+)s", text).group(1)) * SLACK


class BreakList(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = DemoSite()

    @classmethod
    def tearDownClass(cls):
        cls.site.close()

    @classmethod
    def restarts(cls):
        return {labels: value for (name, labels), value in cls.site.metrics().items()
                if name == "holdfast_pm2_process_restarts_total"}

    def finding_in_metrics(self, row):
        return any(name == "holdfast_finding" and value == 1 and dict(labels)["check"] == row["check"]
                   and dict(labels)["finding"] == row["finding"]
                   and dict(labels)["severity"] == row["status"]
                   for (name, labels), value in self.site.metrics().items())

    def open_incident(self, row):
        for (name, labels), value in self.site.metrics().items():
            if (name == "holdfast_incident_open" and value == 1
                    and dict(labels)["check"] == row["check"]
                    and dict(labels)["severity"] == row["status"]):
                return True
        return False

    def all_well(self):
        bad = {name: (one["raw_status"], one["status"], [f["text"] for f in one["findings"]])
               for name, one in self.site.status().items()
               if one["raw_status"] != "ok" or one["status"] != "ok"}
        self.unwell = bad
        return not bad

    def see(self, row):
        limit = seconds(row["seen_in"])
        end = time.monotonic() + limit
        wait_for(lambda: self.finding_in_metrics(row), limit,
                 f"{row['finding']} in /metrics; active: {self.active(row)}")
        if row["status"] != "info":
            wait_for(lambda: self.open_incident(row), max(1, end - time.monotonic()) + limit,
                     f"an open incident of {row['check']}")
        found = self.site.check(row["check"])[row["check"]]["findings"]
        texts = [f["text"] for f in found if f["code"] == row["finding"]]
        self.assertTrue(texts, f"`holdfast check` has {found}")
        self.assertTrue(any(re.search(row["text_like"], text) for text in texts), texts)
        print(f"  {row['fault']}: {texts[0]}")

    def active(self, row):
        return [(f["code"], f["text"]) for f in self.site.status()[row["check"]]["findings"]]

    def fixed(self, row):
        try:
            wait_for(self.all_well, seconds(row["gone_in"]), f"all checks ok after {row['fault']}")
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.unwell}") from None

    def test_every_row(self):
        rows = self.site.faults()
        self.assertGreaterEqual(len(rows), 20)
        for row in shard(rows):
            with self.subTest(row["fault"]):
                wait_for(self.all_well, 120, f"all checks ok before {row['fault']}")
                before = self.restarts()
                self.site.run("deploy/demo/break", row["fault"])
                try:
                    self.see(row)
                finally:
                    self.site.run("deploy/demo/fix", row["fault"])
                self.fixed(row)
                self.assertEqual(len(self.restarts()), 7)
                if row["fault"] not in RESTARTING:
                    self.assertEqual(self.restarts(), before)


if __name__ == "__main__":
    unittest.main()
