#define _GNU_SOURCE
// Sends the same request over and over on some connections and says how fast the answers come.
//   load HOST PORT CONNECTIONS REQUESTS PATH FILE
// Prints requests a second, latencies, and how many answers were not 200.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *host;
static int port;
static long wanted;
static char *message;
static size_t length;
static float *latencies;
static atomic_long started, failed;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static int connected(void) {
  int one = 1, descriptor = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, host, &address.sin_addr);
  if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) return -1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return descriptor;
}

// One request and its answer; the status, or 0 when the connection broke.
static int exchange(int descriptor, char *buffer, size_t room) {
  for (size_t sent = 0; sent < length;) {
    ssize_t count = send(descriptor, message + sent, length - sent, MSG_NOSIGNAL);
    if (count <= 0) return 0;
    sent += count;
  }
  size_t got = 0, body = 0;
  char *end = NULL;
  while (!end) {
    ssize_t count = recv(descriptor, buffer + got, room - got - 1, 0);
    if (count <= 0) return 0;
    got += count;
    buffer[got] = 0;
    end = strstr(buffer, "\r\n\r\n");
  }
  char *field = strcasestr(buffer, "content-length:");
  if (field) body = strtoul(field + 15, NULL, 10);
  size_t left = body - (got - (end + 4 - buffer));
  while (left > 0) {
    char rest[65536];
    ssize_t count = recv(descriptor, rest, left < sizeof rest ? left : sizeof rest, 0);
    if (count <= 0) return 0;
    left -= count;
  }
  return atoi(buffer + 9);
}

static void *work(void *unused) {
  (void)unused;
  static const size_t room = 1 << 18;
  char *buffer = malloc(room);
  int descriptor = connected();
  for (;;) {
    long number = atomic_fetch_add(&started, 1);
    if (number >= wanted) break;
    double begin = now();
    if (descriptor < 0 || exchange(descriptor, buffer, room) != 200) {
      atomic_fetch_add(&failed, 1);
      if (descriptor >= 0) close(descriptor);
      descriptor = connected();
    }
    latencies[number] = (float)(now() - begin);
  }
  if (descriptor >= 0) close(descriptor);
  free(buffer);
  return NULL;
}

static int ascending(const void *one, const void *other) {
  float a = *(const float *)one, b = *(const float *)other;
  return (a > b) - (a < b);
}

int main(int count, char **arguments) {
  if (count != 7) {
    fprintf(stderr, "load HOST PORT CONNECTIONS REQUESTS PATH FILE\n");
    return 64;
  }
  host = arguments[1];
  port = atoi(arguments[2]);
  int connections = atoi(arguments[3]);
  wanted = atol(arguments[4]);
  FILE *file = fopen(arguments[6], "rb");
  if (!file || connections < 1 || connections > 1000 || wanted < 1) return 64;
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  message = malloc(size + 4096);
  length = snprintf(
    message, 4096, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %ld\r\n\r\n",
    arguments[5], size);
  length += fread(message + length, 1, size, file);
  latencies = calloc(wanted, sizeof *latencies);
  pthread_t threads[1000];
  double begin = now();
  for (int index = 0; index < connections; index++) {
    pthread_create(&threads[index], NULL, work, NULL);
  }
  for (int index = 0; index < connections; index++) pthread_join(threads[index], NULL);
  double seconds = now() - begin;
  qsort(latencies, wanted, sizeof *latencies, ascending);
  printf(
    "%ld requests in %.1f s: %.0f a second; p50 %.2f ms, p99 %.2f ms, longest %.2f ms; %ld failed\n",
    wanted, seconds, wanted / seconds, latencies[wanted / 2] * 1e3,
    latencies[(long)(wanted * 0.99)] * 1e3, latencies[wanted - 1] * 1e3, (long)failed);
  return failed > 0;
}
