#include "benchmarks.h"

#include <nghttp2/nghttp2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// A client, a proxy and a server that do with libnghttp2 what has to be done and nothing else: no
// copy beyond those of header blocks at the proxy, no allocation for a request beyond its record.

enum { body_max = 256, block_max = 1024, fields_max = 24, wire_max = 1 << 20 };

enum role { role_client, role_proxy_front, role_proxy_back, role_server, roles };

// Headers that are being forwarded: their bytes, and where each begins.
struct block {
  uint8_t bytes[block_max];
  size_t used;
  nghttp2_nv fields[fields_max];
  size_t count;
};

struct body {
  uint8_t bytes[body_max];
  size_t used, sent;
  bool is_ended;
};

// One request, at the client or the server, or where it crosses the proxy.
struct exchange {
  int32_t front, back;
  struct block block, trailers;
  struct body request, response;
  bool has_trailers;
};

struct bench_hops {
  nghttp2_session *sessions[roles];
  struct exchange at_client, at_proxy, at_server;
  uint64_t answered, bytes;
  uint8_t wire[wire_max];
};

struct end {
  struct bench_hops *hops;
  enum role role;
};

static struct end ends[roles];

#define FIELD(name, value)                                                              \
  {(uint8_t *)(name), (uint8_t *)(value), sizeof(name) - 1, sizeof(value) - 1,          \
   NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE}

// What DruckerClient sends, and what the model server answers (Scenario, Fixtures/digits).
static const nghttp2_nv request_fields[] = {
    FIELD(":method", "POST"),
    FIELD(":scheme", "http"),
    FIELD(":path", "/drucker.DruckerWorker/Predict_ArrInt_ArrInt"),
    FIELD(":authority", "digits-v2-production.example.com"),
    FIELD("te", "trailers"),
    FIELD("content-type", "application/grpc"),
    FIELD("user-agent", "andruck-grpc"),
    FIELD("grpc-timeout", "60000000u"),
    FIELD("x-rekcurd-application-name", "digits"),
    FIELD("x-rekcurd-sevice-level", "production"),
    FIELD("x-rekcurd-grpc-version", "v2"),
    // Another one for each call, so that the table cannot hold it.
    FIELD("x-request-id", "users-0000000000"),
};
enum { request_count = sizeof request_fields / sizeof request_fields[0], id_offset = 6 };
static const nghttp2_nv response_fields[] = {
    FIELD(":status", "200"), FIELD("content-type", "application/grpc")};
static const nghttp2_nv trailer_fields[] = {FIELD("grpc-status", "0")};
enum { request_bytes = 5 + 2 + 64 + 6, response_bytes = 5 + 3 + 6 + 6 };

static ssize_t body_read(nghttp2_session *session, int32_t stream, uint8_t *buffer, size_t length,
                         uint32_t *flags, nghttp2_data_source *source, void *user) {
  struct body *body = source->ptr;
  size_t count = body->used - body->sent;
  if (!count && !body->is_ended) return NGHTTP2_ERR_DEFERRED;
  if (count > length) count = length;
  memcpy(buffer, body->bytes + body->sent, count);
  body->sent += count;
  if (body->sent == body->used && body->is_ended) {
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    struct end *end = user;
    struct exchange *exchange =
        end->role == role_server ? &end->hops->at_server : &end->hops->at_proxy;
    bool is_answer = end->role == role_server || end->role == role_proxy_front;
    if (is_answer && exchange->has_trailers) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      if (end->role == role_server) {
        nghttp2_submit_trailer(session, stream, trailer_fields, 1);
      } else {
        nghttp2_submit_trailer(session, stream, exchange->trailers.fields,
                               exchange->trailers.count);
      }
    }
  }
  return (ssize_t)count;
}

static void block_clear(struct block *block) { block->used = block->count = 0; }

static void block_add(struct block *block, const uint8_t *name, size_t name_length,
                      const uint8_t *value, size_t value_length) {
  if (block->count == fields_max || block->used + name_length + value_length > block_max) abort();
  uint8_t *at = block->bytes + block->used;
  memcpy(at, name, name_length);
  memcpy(at + name_length, value, value_length);
  block->fields[block->count++] =
      (nghttp2_nv){at, at + name_length, name_length, value_length,
                   NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
  block->used += name_length + value_length;
}

static void body_clear(struct body *body) {
  body->used = body->sent = 0;
  body->is_ended = false;
}

static void body_add(struct body *body, const uint8_t *bytes, size_t length) {
  if (body->used + length > body_max) abort();
  memcpy(body->bytes + body->used, bytes, length);
  body->used += length;
}

static bool is_trailer(const nghttp2_frame *frame) {
  return frame->headers.cat == NGHTTP2_HCAT_HEADERS;
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
  struct end *end = user;
  struct exchange *exchange = &end->hops->at_proxy;
  if (end->role == role_proxy_front) {
    exchange->front = frame->hd.stream_id;
    exchange->has_trailers = false;
    body_clear(&exchange->request);
    body_clear(&exchange->response);
  } else if (end->role == role_server) {
    body_clear(&end->hops->at_server.request);
  }
  if (end->role == role_proxy_back && is_trailer(frame)) {
    block_clear(&exchange->trailers);
  } else {
    block_clear(&exchange->block);
  }
  return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags,
                     void *user) {
  struct end *end = user;
  if (end->role == role_server || end->role == role_client) return 0;
  struct exchange *exchange = &end->hops->at_proxy;
  bool is_late = end->role == role_proxy_back && is_trailer(frame);
  block_add(is_late ? &exchange->trailers : &exchange->block, name, name_length, value,
            value_length);
  return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *bytes,
                   size_t length, void *user) {
  struct end *end = user;
  struct bench_hops *hops = end->hops;
  switch (end->role) {
  case role_client: body_add(&hops->at_client.response, bytes, length); break;
  case role_server: body_add(&hops->at_server.request, bytes, length); break;
  case role_proxy_front:
    body_add(&hops->at_proxy.request, bytes, length);
    nghttp2_session_resume_data(hops->sessions[role_proxy_back], hops->at_proxy.back);
    break;
  case role_proxy_back:
    body_add(&hops->at_proxy.response, bytes, length);
    nghttp2_session_resume_data(hops->sessions[role_proxy_front], hops->at_proxy.front);
    break;
  default: abort();
  }
  return 0;
}

static void answer(struct bench_hops *hops, int32_t stream) {
  struct exchange *exchange = &hops->at_server;
  body_clear(&exchange->response);
  memset(exchange->response.bytes, 7, response_bytes);
  exchange->response.used = response_bytes;
  exchange->response.is_ended = true;
  exchange->has_trailers = true;
  nghttp2_data_provider provider = {{.ptr = &exchange->response}, body_read};
  nghttp2_submit_response(hops->sessions[role_server], stream, response_fields, 2, &provider);
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
  struct end *end = user;
  struct bench_hops *hops = end->hops;
  struct exchange *proxy = &hops->at_proxy;
  bool is_end = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
  bool is_headers = frame->hd.type == NGHTTP2_HEADERS;
  if (!is_headers && frame->hd.type != NGHTTP2_DATA) return 0;
  switch (end->role) {
  case role_server:
    if (is_end) answer(hops, frame->hd.stream_id);
    break;
  case role_proxy_front:
    if (is_headers) {
      nghttp2_data_provider provider = {{.ptr = &proxy->request}, body_read};
      proxy->back = nghttp2_submit_request(hops->sessions[role_proxy_back], NULL,
                                           proxy->block.fields, proxy->block.count, &provider,
                                           NULL);
    }
    if (is_end) {
      proxy->request.is_ended = true;
      nghttp2_session_resume_data(hops->sessions[role_proxy_back], proxy->back);
    }
    break;
  case role_proxy_back:
    if (is_headers && !is_trailer(frame)) {
      nghttp2_data_provider provider = {{.ptr = &proxy->response}, body_read};
      nghttp2_submit_response(hops->sessions[role_proxy_front], proxy->front,
                              proxy->block.fields, proxy->block.count, &provider);
    }
    if (is_end) {
      proxy->has_trailers = is_headers;
      proxy->response.is_ended = true;
      nghttp2_session_resume_data(hops->sessions[role_proxy_front], proxy->front);
    }
    break;
  default: break;
  }
  return 0;
}

static int on_close(nghttp2_session *session, int32_t stream, uint32_t code, void *user) {
  struct end *end = user;
  struct bench_hops *hops = end->hops;
  if (end->role == role_client && code == NGHTTP2_NO_ERROR &&
      hops->at_client.response.used == response_bytes &&
      hops->at_server.request.used == request_bytes) {
    hops->answered++;
  }
  return 0;
}

// Carries what one session has to say to another, in one piece, as a write to a socket would be.
static bool carry(struct bench_hops *hops, enum role from, enum role to) {
  size_t used = 0;
  const uint8_t *bytes;
  ssize_t count;
  while ((count = nghttp2_session_mem_send(hops->sessions[from], &bytes)) > 0) {
    if (used + (size_t)count > wire_max) abort();
    memcpy(hops->wire + used, bytes, (size_t)count);
    used += (size_t)count;
  }
  if (count < 0) abort();
  if (!used) return false;
  if (nghttp2_session_mem_recv(hops->sessions[to], hops->wire, used) < 0) abort();
  hops->bytes += used;
  return true;
}

static void carry_all(struct bench_hops *hops) {
  bool is_busy = true;
  while (is_busy) {
    is_busy = carry(hops, role_client, role_proxy_front);
    is_busy |= carry(hops, role_proxy_back, role_server);
    is_busy |= carry(hops, role_server, role_proxy_back);
    is_busy |= carry(hops, role_proxy_front, role_client);
  }
}

struct bench_hops *bench_hops_create(void) {
  struct bench_hops *hops = calloc(1, sizeof *hops);
  nghttp2_session_callbacks *callbacks;
  if (!hops || nghttp2_session_callbacks_new(&callbacks)) abort();
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
  for (int role = 0; role < roles; role++) {
    ends[role] = (struct end){hops, role};
    bool is_client = role == role_client || role == role_proxy_back;
    int result = is_client
                     ? nghttp2_session_client_new(&hops->sessions[role], callbacks, &ends[role])
                     : nghttp2_session_server_new(&hops->sessions[role], callbacks, &ends[role]);
    if (result || nghttp2_submit_settings(hops->sessions[role], 0, NULL, 0)) abort();
  }
  nghttp2_session_callbacks_del(callbacks);
  carry_all(hops);
  return hops;
}

uint64_t bench_hops_run(struct bench_hops *hops, uint64_t count) {
  uint64_t before = hops->answered;
  nghttp2_nv fields[request_count];
  memcpy(fields, request_fields, sizeof fields);
  char identifier[] = "users-0000000000";
  fields[request_count - 1].value = (uint8_t *)identifier;
  for (uint64_t index = 0; index < count; index++) {
    uint64_t number = before + index;
    for (size_t digit = sizeof identifier - 2; digit >= id_offset; digit--, number /= 10) {
      identifier[digit] = (char)('0' + number % 10);
    }
    struct exchange *exchange = &hops->at_client;
    body_clear(&exchange->request);
    body_clear(&exchange->response);
    memset(exchange->request.bytes, 5, request_bytes);
    exchange->request.used = request_bytes;
    exchange->request.is_ended = true;
    nghttp2_data_provider provider = {{.ptr = &exchange->request}, body_read};
    nghttp2_submit_request(hops->sessions[role_client], NULL, fields, request_count, &provider,
                           NULL);
    carry_all(hops);
  }
  return hops->answered - before;
}

uint64_t bench_hops_bytes(const struct bench_hops *hops) { return hops->bytes; }
