#ifndef ANDRUCK_CTLS_H
#define ANDRUCK_CTLS_H

#include <stdint.h>

// TLS 1.2 and 1.3 for HTTP/2 over OpenSSL, on buffers in memory: encrypted bytes are fed in and
// taken out, and nothing here touches a socket. One connection is used by one thread at a time;
// a context may be used by all.

typedef struct ssl_ctx_st andruck_tls_context;
typedef struct ssl_st andruck_tls;

/// What of a server's files could not be used.
enum {
  andruck_tls_is_good = 0,
  andruck_tls_no_context = 1,
  andruck_tls_bad_certificate = 2,
  andruck_tls_bad_key = 3,
  andruck_tls_no_pair = 4,
  andruck_tls_bad_trust = 5,
};

/// A context of a server, with a certificate chain and a key in PEM; NULL and `fault` otherwise.
andruck_tls_context *andruck_tls_server(const char *certificate, const char *key, int *fault);

/// A context of a client that trusts the certificates of a file, or those of the system for NULL.
andruck_tls_context *andruck_tls_client(const char *trust, int *fault);

void andruck_tls_free_context(andruck_tls_context *context);

/// The reason of this thread's last failure, and forgets all; empty when there is none.
void andruck_tls_reason(char *text, int capacity);

/// A connection of a server for a `host` of NULL, else of a client that expects that host; NULL
/// when there is no memory.
andruck_tls *andruck_tls_make(andruck_tls_context *context, const char *host);

void andruck_tls_free(andruck_tls *tls);

enum {
  andruck_tls_done = 1,
  andruck_tls_wants_more = 0,
  andruck_tls_ended = -1,
  andruck_tls_failed = -2,
};

/// Goes on with the handshake.
int andruck_tls_handshake(andruck_tls *tls);

/// Whether both ends have agreed on HTTP/2 (ALPN `h2`).
int andruck_tls_is_h2(const andruck_tls *tls);

/// Takes encrypted bytes of the peer; 0 when there is no memory for them.
int andruck_tls_feed(andruck_tls *tls, const void *bytes, int count);

/// Takes decrypted bytes out; otherwise one of the numbers above.
int andruck_tls_read(andruck_tls *tls, void *bytes, int capacity);

/// Encrypts bytes; all of them are taken unless the connection has failed.
int andruck_tls_write(andruck_tls *tls, const void *bytes, int count);

/// Queues the notice that nothing more will be sent.
void andruck_tls_say_goodbye(andruck_tls *tls);

/// How many encrypted bytes wait to be sent, and takes them out.
int andruck_tls_pending(andruck_tls *tls);
int andruck_tls_take(andruck_tls *tls, void *bytes, int capacity);

#endif
