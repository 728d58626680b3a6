// A filter in C with wasi-libc, without an SDK: it answers a request's header "hello" with a header of the response, and counts.
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define IMPORT(name) __attribute__((import_module("env"), import_name(#name)))
#define EXPORT(name) __attribute__((export_name(#name)))

IMPORT(proxy_log) uint32_t log_line(uint32_t level, const char *text, size_t size);
IMPORT(proxy_get_buffer_bytes) uint32_t get_buffer(uint32_t buffer, uint32_t start, uint32_t length, char **data, size_t *size);
IMPORT(proxy_get_header_map_value) uint32_t get_header(uint32_t map, const char *name, size_t name_size, char **data, size_t *size);
IMPORT(proxy_add_header_map_value) uint32_t add_header(uint32_t map, const char *name, size_t name_size, const char *value, size_t size);
IMPORT(proxy_define_metric) uint32_t define_metric(uint32_t kind, const char *name, size_t size, uint32_t *metric);
IMPORT(proxy_increment_metric) uint32_t increment_metric(uint32_t metric, int64_t by);

enum { OK = 0, INFO = 2, COUNTER = 0, REQUEST_HEADERS = 0, RESPONSE_HEADERS = 2, CONFIGURATION = 7 };

// What libc does before the first callback asks WASI.
__attribute__((constructor)) static void start(void) {
  struct stat found;
  struct timespec resolution;
  int no_file = fstat(1, &found);
  clock_getres(CLOCK_MONOTONIC, &resolution);
  fprintf(stderr, "initialized %d %d %ld %d\n", no_file, stat("/", &found), resolution.tv_nsec, time(NULL) > 1600000000);
}

EXPORT(proxy_abi_version_0_2_1) void abi(void) {}

static char *greeting = NULL;
static uint32_t hellos;
static char hello[64];

EXPORT(proxy_on_vm_start) uint32_t vm_start(uint32_t context, size_t size) {
  return define_metric(COUNTER, "hellos", 6, &hellos) == OK;
}

EXPORT(proxy_on_configure) uint32_t configure(uint32_t context, size_t size) {
  size_t length = 0;
  char *text = NULL;
  if (size > 0 && get_buffer(CONFIGURATION, 0, size, &text, &length) != OK) return 0;
  greeting = strndup(size > 0 ? text : "hello", size > 0 ? length : 5);
  free(text);
  return greeting != NULL && strpbrk(greeting, "\r\n") == NULL;
}

EXPORT(proxy_on_request_headers) uint32_t on_request(uint32_t context, uint32_t headers, uint32_t end) {
  char *name = NULL, line[128];
  size_t size = 0;
  hello[0] = 0;
  if (get_header(REQUEST_HEADERS, "hello", 5, &name, &size) != OK) return 0;
  snprintf(hello, sizeof hello, "%.*s", (int)size, name ? name : "");
  free(name);
  increment_metric(hellos, 1);
  int length = snprintf(line, sizeof line, "request of %u headers from \"%s\"", headers, hello);
  log_line(INFO, line, (size_t)length);
  for (char *at = hello; *at; at++) if (*at >= 'a' && *at <= 'z') *at -= 32;
  return 0;
}

EXPORT(proxy_on_response_headers) uint32_t on_response(uint32_t context, uint32_t headers, uint32_t end) {
  char value[256];
  if (hello[0] == 0) return 0;
  int length = snprintf(value, sizeof value, "%s, %s", greeting, hello);
  add_header(RESPONSE_HEADERS, "x-greeting", 10, value, (size_t)length);
  return 0;
}
