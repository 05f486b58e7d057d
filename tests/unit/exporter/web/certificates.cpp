// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/web/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace holdfast::web_test {
namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* item) const {
    Free(item);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Freer<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free_all>>;

std::string take(const BioPtr& bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

BioPtr give(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

}  // namespace

Directory::Directory() {
  auto path = (std::filesystem::temp_directory_path() / "holdfast-web-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary directory");
  path_ = path;
}

Directory::~Directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Directory::write(const std::string& name, const std::string& content) const {
  std::ofstream(file(name + ".new")) << content;
  std::filesystem::rename(file(name + ".new"), file(name));
  return file(name);
}

Identity make_identity(const std::string& name, const Identity* issuer, const Terms& terms) {
  const KeyPtr key(EVP_EC_gen("P-256"));
  const CertificatePtr certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  static long serial = 1;
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), terms.begins);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), terms.ends);
  X509_set_pubkey(certificate.get(), key.get());
  const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8, text,
                             -1, -1, 0);
  if (!terms.names.empty()) {
    const auto names =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, terms.names.c_str());
    X509_add_ext(certificate.get(), names, -1);
    X509_EXTENSION_free(names);
  }
  if (issuer == nullptr) {
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
    const auto constraint =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
    X509_add_ext(certificate.get(), constraint, -1);
    X509_EXTENSION_free(constraint);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
  } else {
    const CertificatePtr above(
        PEM_read_bio_X509(give(issuer->certificate).get(), nullptr, nullptr, nullptr));
    const KeyPtr above_key(
        PEM_read_bio_PrivateKey(give(issuer->key).get(), nullptr, nullptr, nullptr));
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(above.get()));
    X509_sign(certificate.get(), above_key.get(), EVP_sha256());
  }
  const BioPtr out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(out.get(), certificate.get());
  const BioPtr key_out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {take(out), take(key_out)};
}

}  // namespace holdfast::web_test
