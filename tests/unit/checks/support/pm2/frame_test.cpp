// SPDX-License-Identifier: Apache-2.0
#include "checks/support/pm2/frame.h"

#include <doctest/doctest.h>

#include <string>

#include "checks/support/pm2/rpc.h"
#include "tests/unit/checks/pm2/samples.h"

using namespace holdfast;
using pm2_test::framed;

namespace {

std::string hex(std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 0xF];
  }
  return out;
}

}  // namespace

TEST_CASE("the requests are exactly these bytes, since a wrong one restarts all of PM2") {
  CHECK(static_cast<int>(Pm2Request::get_monitor_data) == 2);  // The last of three.
  // In hexadecimal on purpose: a copy of the code's own literal would prove nothing.
  CHECK(hex(bytes_of(Pm2Request::ping)) ==
        "120000002d6a3a7b2274797065223a2263616c6c222c226d6574686f64223a2270696e67222c2261726773223a"
        "5b7b7d5d7d00000003733a31");
  CHECK(hex(bytes_of(Pm2Request::get_version)) ==
        "12000000336a3a7b2274797065223a2263616c6c222c226d6574686f64223a2267657456657273696f6e222c22"
        "61726773223a5b7b7d5d7d00000003733a32");
  CHECK(hex(bytes_of(Pm2Request::get_monitor_data)) ==
        "12000000376a3a7b2274797065223a2263616c6c222c226d6574686f64223a226765744d6f6e69746f72446174"
        "61222c2261726773223a5b7b7d5d7d00000003733a33");
  CHECK(id_of(Pm2Request::ping) == "s:1");
  CHECK(id_of(Pm2Request::get_version) == "s:2");
  CHECK(id_of(Pm2Request::get_monitor_data) == "s:3");
}

TEST_CASE("a reply is complete at its last byte, however it was fragmented") {
  const std::string bytes = framed(R"({"args":[{"msg":"pong"}]})", "s:1");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    CAPTURE(cut);
    FrameReader reader("s:1");
    const auto first = reader.feed({bytes.data(), cut});
    REQUIRE(first);
    CHECK(*first == (cut == bytes.size()));
    CHECK(reader.has_begun() == (cut > 0));
    CHECK(reader.json().empty() == (cut < bytes.size()));
    const auto second = reader.feed({bytes.data() + cut, bytes.size() - cut});
    REQUIRE(second);
    CHECK(*second);
    CHECK(reader.json() == R"({"args":[{"msg":"pong"}]})");
  }
}

TEST_CASE("a frame that is not the reply to our request is rejected with its reason") {
  struct Row {
    const char* what;
    std::string bytes;
    Reason want;
  };
  const Row rows[] = {
      {"HTTP", "HTTP/1.1 400 Bad Request\r\n", Reason::garbage},
      {"three arguments", "\x13", Reason::garbage},
      {"another id", framed("{}", "s:9"), Reason::garbage},
      {"a longer id", framed("{}", "s:12"), Reason::garbage},
      {"bytes after the end", framed("{}", "s:1") + "x", Reason::garbage},
      {"an empty reply", std::string("\x12\0\0\0\0", 5), Reason::garbage},
      {"a text instead of JSON", std::string("\x12\0\0\0\x04s:hi", 9), Reason::garbage},
      {"4 GiB", "\x12\xff\xff\xff\xff", Reason::too_large},
      {"one byte over 32 MiB", std::string("\x12\x02\0\0\x01", 5), Reason::too_large},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    FrameReader reader("s:1");
    const auto fed = reader.feed({row.bytes.data(), row.bytes.size()});
    REQUIRE_FALSE(fed);
    CHECK(fed.error().reason == row.want);
    CHECK(fed.error().phase == "read");
  }
}

TEST_CASE("a buffer keeps its bytes when it grows and nothing after it is cleared") {
  WipedBuffer buffer;
  std::string want;
  for (int i = 0; i < 100; ++i) {
    buffer.append({"0123456789", 10});
    want += "0123456789";
  }
  CHECK(buffer.view() == want);
  buffer.clear();
  CHECK(buffer.view().empty());
  std::string secret = "secret";
  wipe(secret);
  CHECK(secret == std::string(6, '\0'));
}
