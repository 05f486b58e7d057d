// SPDX-License-Identifier: Apache-2.0
// TLS for the door: a context made once from its files, and wires that never wait. The context may
// be shared; a wire is the poll thread's. OpenSSL stays in tls.cpp.
#pragma once

#include <memory>
#include <variant>

#include "exporter/web/stream.h"
#include "exporter/web/web_config.h"

namespace holdfast {

class TlsContext {
 public:
  virtual ~TlsContext() = default;
  /// Takes over a non-blocking socket; nullptr (and the socket closed) for want of memory.
  [[nodiscard]] virtual std::unique_ptr<Stream> make_stream(int fd) = 0;
};

/// What is wrong with one of the files, at the place where web.yml names it.
struct TlsFault {
  FileAt file;
  std::string path;  ///< "tls_server_config.key_file"
  std::string text;
};

[[nodiscard]] std::variant<std::shared_ptr<TlsContext>, TlsFault> make_tls_context(
    const TlsFiles& files);

}  // namespace holdfast
