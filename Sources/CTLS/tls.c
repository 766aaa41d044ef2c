#include "CTLS.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

static const unsigned char protocols[] = {2, 'h', '2'};

// What RFC 9113 section 9.2.2 leaves of TLS 1.2: ephemeral keys and authenticated encryption.
static const char *ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

static int choose_protocol(SSL *tls, const unsigned char **chosen, unsigned char *length,
                           const unsigned char *offered, unsigned int count, void *argument) {
  (void)tls;
  (void)argument;
  for (unsigned int at = 0; at < count; at += offered[at] + 1u) {
    if (offered[at] == 2 && at + 3 <= count && memcmp(offered + at + 1, "h2", 2) == 0) {
      *chosen = offered + at + 1;
      *length = 2;
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// An encrypted key would make OpenSSL ask on the terminal.
static int no_password(char *text, int capacity, int writing, void *argument) {
  (void)text;
  (void)capacity;
  (void)writing;
  (void)argument;
  return -1;
}

static SSL_CTX *make_context(const SSL_METHOD *method) {
  ERR_clear_error();
  SSL_CTX *context = SSL_CTX_new(method);
  if (!context) return NULL;
  SSL_CTX_set_default_passwd_cb(context, no_password);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(context, ciphers) != 1) {
    SSL_CTX_free(context);
    return NULL;
  }
  return context;
}

andruck_tls_context *andruck_tls_server(const char *certificate, const char *key, int *fault) {
  *fault = andruck_tls_no_context;
  SSL_CTX *context = make_context(TLS_server_method());
  if (!context) return NULL;
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
  // The cache is off: a session that is taken up again comes in the client's own ticket.
  SSL_CTX_set_session_id_context(context, (const unsigned char *)"andruck", 7);
  if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1) {
    *fault = andruck_tls_bad_certificate;
  } else if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
    // OpenSSL compares a key with the certificate that it has while it reads it.
    unsigned long error = ERR_peek_last_error();
    *fault = ERR_GET_LIB(error) == ERR_LIB_X509 ? andruck_tls_no_pair : andruck_tls_bad_key;
  } else if (SSL_CTX_check_private_key(context) != 1) {
    *fault = andruck_tls_no_pair;
  } else {
    *fault = andruck_tls_is_good;
    return context;
  }
  SSL_CTX_free(context);
  return NULL;
}

andruck_tls_context *andruck_tls_client(const char *trust, int *fault) {
  *fault = andruck_tls_no_context;
  SSL_CTX *context = make_context(TLS_client_method());
  if (!context) return NULL;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_alpn_protos(context, protocols, sizeof protocols);
  int is_loaded = trust ? SSL_CTX_load_verify_locations(context, trust, NULL)
                        : SSL_CTX_set_default_verify_paths(context);
  if (is_loaded != 1) {
    *fault = andruck_tls_bad_trust;
    SSL_CTX_free(context);
    return NULL;
  }
  *fault = andruck_tls_is_good;
  return context;
}

void andruck_tls_free_context(andruck_tls_context *context) { SSL_CTX_free(context); }

void andruck_tls_reason(char *text, int capacity) {
  // The first is the cause, the later ones are what became of it.
  unsigned long error = ERR_get_error();
  const char *reason = error ? ERR_reason_error_string(error) : NULL;
  if (error && ERR_SYSTEM_ERROR(error)) reason = strerror(ERR_GET_REASON(error));
  strncpy(text, reason ? reason : "", (size_t)capacity - 1);
  text[capacity - 1] = 0;
  ERR_clear_error();
}

andruck_tls *andruck_tls_make(andruck_tls_context *context, const char *host) {
  SSL *tls = SSL_new(context);
  BIO *in = BIO_new(BIO_s_mem());
  BIO *out = BIO_new(BIO_s_mem());
  if (!tls || !in || !out) {
    SSL_free(tls);
    BIO_free(in);
    BIO_free(out);
    return NULL;
  }
  BIO_set_mem_eof_return(in, -1);
  BIO_set_mem_eof_return(out, -1);
  SSL_set_bio(tls, in, out);
  if (!host) {
    SSL_set_accept_state(tls);
    return tls;
  }
  SSL_set_connect_state(tls);
  ASN1_OCTET_STRING *address = a2i_IPADDRESS(host);
  int is_set;
  if (address) {
    ASN1_OCTET_STRING_free(address);
    is_set = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host);
  } else {
    is_set = SSL_set1_host(tls, host) && SSL_set_tlsext_host_name(tls, host);
  }
  if (is_set == 1) return tls;
  SSL_free(tls);
  return NULL;
}

void andruck_tls_free(andruck_tls *tls) { SSL_free(tls); }

static int outcome(SSL *tls, int result) {
  switch (SSL_get_error(tls, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return andruck_tls_wants_more;
    case SSL_ERROR_ZERO_RETURN: return andruck_tls_ended;
    default: return andruck_tls_failed;
  }
}

int andruck_tls_handshake(andruck_tls *tls) {
  ERR_clear_error();
  int result = SSL_do_handshake(tls);
  return result == 1 ? andruck_tls_done : outcome(tls, result);
}

int andruck_tls_is_h2(const andruck_tls *tls) {
  const unsigned char *name = NULL;
  unsigned int length = 0;
  SSL_get0_alpn_selected(tls, &name, &length);
  return length == 2 && memcmp(name, "h2", 2) == 0;
}

int andruck_tls_feed(andruck_tls *tls, const void *bytes, int count) {
  return BIO_write(SSL_get_rbio(tls), bytes, count) == count;
}

int andruck_tls_read(andruck_tls *tls, void *bytes, int capacity) {
  ERR_clear_error();
  int result = SSL_read(tls, bytes, capacity);
  return result > 0 ? result : outcome(tls, result);
}

int andruck_tls_write(andruck_tls *tls, const void *bytes, int count) {
  ERR_clear_error();
  int done = 0;
  while (done < count) {
    int result = SSL_write(tls, (const char *)bytes + done, count - done);
    if (result <= 0) return 0;
    done += result;
  }
  return 1;
}

void andruck_tls_say_goodbye(andruck_tls *tls) {
  ERR_clear_error();
  SSL_shutdown(tls);
}

int andruck_tls_pending(andruck_tls *tls) { return (int)BIO_ctrl_pending(SSL_get_wbio(tls)); }

int andruck_tls_take(andruck_tls *tls, void *bytes, int capacity) {
  int count = BIO_read(SSL_get_wbio(tls), bytes, capacity);
  return count > 0 ? count : 0;
}
