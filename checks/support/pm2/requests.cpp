// SPDX-License-Identifier: Apache-2.0
#include "checks/support/pm2/requests.h"

namespace holdfast {

using namespace std::string_view_literals;

// AMP: 0x12 is version 1 with two arguments; each is a big-endian length and its bytes.
std::string_view bytes_of(Pm2Request request) {
  switch (request) {
    case Pm2Request::get_version:
      return "\x12"
             "\0\0\0\x33"
             "j:{\"type\":\"call\",\"method\":\"getVersion\",\"args\":[{}]}"
             "\0\0\0\x03"
             "s:2"sv;
    case Pm2Request::get_monitor_data:
      return "\x12"
             "\0\0\0\x37"
             "j:{\"type\":\"call\",\"method\":\"getMonitorData\",\"args\":[{}]}"
             "\0\0\0\x03"
             "s:3"sv;
    case Pm2Request::ping:
      break;
  }
  return "\x12"
         "\0\0\0\x2d"
         "j:{\"type\":\"call\",\"method\":\"ping\",\"args\":[{}]}"
         "\0\0\0\x03"
         "s:1"sv;
}

std::string_view id_of(Pm2Request request) {
  const std::string_view frame = bytes_of(request);
  return frame.substr(frame.size() - 3);
}

std::string_view name_of(Pm2Request request) {
  switch (request) {
    case Pm2Request::get_version:
      return "getVersion";
    case Pm2Request::get_monitor_data:
      return "getMonitorData";
    case Pm2Request::ping:
      break;
  }
  return "ping";
}

}  // namespace holdfast
