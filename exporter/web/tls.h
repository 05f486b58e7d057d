// SPDX-License-Identifier: Apache-2.0
// TLS for the HTTP server: a context made from its files, and non-blocking streams. The context may
// be shared between threads, a stream not. OpenSSL is included in tls.cpp only.
#pragma once

#include <memory>
#include <variant>

#include "exporter/web/stream.h"
#include "exporter/web/web_config.h"

namespace holdfast {

class TlsContext {
 public:
  virtual ~TlsContext() = default;
  /// Takes over a non-blocking socket; nullptr, with the socket closed, when out of memory.
  [[nodiscard]] virtual std::unique_ptr<Stream> make_stream(int fd) = 0;
};

/// What is wrong with one of the files, at the place where web.yml names it.
struct TlsFileError {
  FileAt file;
  std::string path;  ///< "tls_server_config.key_file"
  std::string text;
};

[[nodiscard]] std::variant<std::shared_ptr<TlsContext>, TlsFileError> make_tls_context(
    const TlsFiles& files);

}  // namespace holdfast
