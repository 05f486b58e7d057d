// SPDX-License-Identifier: Apache-2.0
#include "checks/support/pg/refusal.h"

#include <string_view>

#include "checks/support/io/socket.h"
#include "checks/support/tls/refused_certificate.h"

namespace holdfast {
namespace {

// "SSLRequest" of PostgreSQL's protocol: its length, then its code.
constexpr std::string_view kSslRequest{"\0\0\0\x08\x04\xd2\x16\x2f", 8};

}  // namespace

std::optional<VerifyFailure> find_verify_failure(const Database& database,
                                                 const std::string& address,
                                                 const std::string& authorities,
                                                 const Deadline& deadline) {
  const auto socket = connect_tcp(address, database.port, deadline);
  if (!socket || send_all(socket->fd(), kSslRequest, deadline)) return std::nullopt;
  char answer = 0;
  const auto got = receive_some(socket->fd(), &answer, 1, deadline);
  if (!got || *got != 1 || answer != 'S') return std::nullopt;
  return find_refused_certificate(socket->fd(), database.host, authorities, deadline);
}

}  // namespace holdfast
