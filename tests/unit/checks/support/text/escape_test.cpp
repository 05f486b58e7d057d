// SPDX-License-Identifier: Apache-2.0
#include "checks/support/text/escape.h"

#include <doctest/doctest.h>

#include "checks/support/text/digest.h"
#include "checks/support/text/time_text.h"

using namespace holdfast;

TEST_CASE("each format has its own escape") {
  CHECK(escape_html("<a href='x'>\"&\"</a>\n") ==
        "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;\\n");
  CHECK(escape_html(std::string(5'000, 'x')).size() == 1'002);
  CHECK(escape_markdown("a|b *c* <d> & [e](https://f)") ==
        "a\\|b \\*c\\* &lt;d> &amp; \\[e\\](https&#58;//f)");
  CHECK(quote_json("a\"b\\c\nd\x01") == "\"a\\\"b\\\\c\\nd\\u0001\"");
  CHECK(quote_logfmt("10.0.0.5:9187") == "10.0.0.5:9187");
  CHECK(quote_logfmt("two words") == "\"two words\"");
  CHECK(quote_logfmt("") == "\"\"");
  CHECK(escape_label("a\"b\\c\nd") == "a\\\"b\\\\c\\nd");
  CHECK(escape_help("a\"b\\c\nd") == "a\"b\\\\c\\nd");
}

TEST_CASE("instants are written in UTC, before 1970 too") {
  using namespace std::chrono;
  const system_clock::time_point at{milliseconds(1'769'846'700'123)};
  CHECK(render_instant(at) == "2026-01-31T08:05:00.123Z");
  CHECK(render_instant(system_clock::time_point(milliseconds(-1))) == "1969-12-31T23:59:59.999Z");
  CHECK(format_time(at, "%Y-%m-%d %H:%M UTC") == "2026-01-31 08:05 UTC");
}

TEST_CASE("a digest is the same everywhere and can be continued") {
  CHECK(digest_of("") == 0xcbf29ce484222325);
  CHECK(digest_of("foobar") == 0x85944171f73967e8);
  CHECK(digest_of("bar", digest_of("foo")) == digest_of("foobar"));
}
