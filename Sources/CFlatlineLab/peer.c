#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

/* The peer: accepts connections on one port and treats all of them alike, until its control socket ends. */

#define MAXIMUM_CONNECTIONS 256
#define CHUNK 16384
/* Slow readers take their share at every tick. */
#define TICK 100 /* milliseconds */

struct connection {
  int socket; /* -1: free */
  uint16_t port;
  int silent; /* half-closed: it sends no more */
  int deaf; /* the client sends no more */
  int32_t credit; /* bytes that a slow reader may still take in this tick */
  size_t unsent_start, unsent_end;
  char unsent[CHUNK];
};

static struct connection connections[MAXIMUM_CONNECTIONS];
static int listener = -1;
static uint16_t listening_port;
static char first_congestion[16];
static int answer = FLATLINE_LAB_ANSWER_NOTHING;
static int32_t rate = -1; /* bytes a second; -1 is all, 0 is none */
/* A stream of its own besides the answers. */
static int32_t stream_bytes = 0; /* of each write; 0: no stream */
static int32_t stream_interval = 0; /* milliseconds */
static int stays = 0; /* it keeps a connection whose client sends no more */
static int accepts = 1;

static int64_t now_in_milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* ---- Connections ---- */

static int32_t share_of_a_tick(void) {
  int32_t share = rate / (1000 / TICK);
  return rate > 0 && share == 0 ? 1 : share;
}

static struct connection *free_connection(void) {
  for (int i = 0; i < MAXIMUM_CONNECTIONS; i++) {
    if (connections[i].socket < 0) return &connections[i];
  }
  return NULL;
}

static void drop(struct connection *connection) {
  close(connection->socket);
  connection->socket = -1;
}

static void accept_all(void) {
  struct connection *place;
  if (!accepts) return;
  while ((place = free_connection()) != NULL) {
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    int socket = accept4(listener, (struct sockaddr *)&from, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      return;
    }
    int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    place->socket = socket;
    place->port = ntohs(from.sin_port);
    place->silent = 0;
    place->deaf = 0;
    place->credit = share_of_a_tick();
    place->unsent_start = place->unsent_end = 0;
  }
}

static int has_unsent(const struct connection *connection) {
  return connection->unsent_start < connection->unsent_end;
}

/* What may be read now. */
static size_t appetite(const struct connection *connection) {
  if (connection->deaf) return 0;
  if (has_unsent(connection)) return 0; /* with an answer to send it reads no more */
  if (rate < 0) return CHUNK;
  if (connection->credit <= 0) return 0;
  return connection->credit < CHUNK ? (size_t)connection->credit : CHUNK;
}

static int wants_to_send(const struct connection *connection) {
  if (connection->silent) return 0;
  return has_unsent(connection) || answer == FLATLINE_LAB_ANSWER_FLOOD;
}

static int is_transient(int error) { return error == EAGAIN || error == EINTR; }

/* Makes an answer, in place, of what was read. */
static void answer_to(struct connection *connection, size_t count) {
  size_t kept = 0;
  if (answer == FLATLINE_LAB_ANSWER_ECHO) {
    kept = count;
  } else if (answer == FLATLINE_LAB_ANSWER_LINE_ENDS) {
    for (size_t i = 0; i < count; i++) {
      if (connection->unsent[i] == '\n') connection->unsent[kept++] = '\n';
    }
  }
  connection->unsent_start = 0;
  connection->unsent_end = kept;
}

static void read_some(struct connection *connection) {
  size_t size = appetite(connection);
  if (size == 0) return;
  ssize_t count = recv(connection->socket, connection->unsent, size, 0);
  if (count < 0) {
    if (!is_transient(errno)) drop(connection);
  } else if (count == 0) {
    /* The client sends no more. A server that has nothing more to say closes too. */
    if (stays) {
      connection->deaf = 1;
    } else {
      drop(connection);
    }
  } else {
    if (rate > 0) connection->credit -= (int32_t)count;
    if (!connection->silent) answer_to(connection, (size_t)count);
  }
}

static void send_some(struct connection *connection) {
  if (!has_unsent(connection)) {
    if (answer != FLATLINE_LAB_ANSWER_FLOOD) return;
    memset(connection->unsent, 'f', CHUNK);
    connection->unsent_start = 0;
    connection->unsent_end = CHUNK;
  }
  ssize_t count = send(
      connection->socket, connection->unsent + connection->unsent_start,
      connection->unsent_end - connection->unsent_start, MSG_NOSIGNAL);
  if (count >= 0) {
    connection->unsent_start += (size_t)count;
  } else if (!is_transient(errno)) {
    drop(connection);
  }
}

/* Writes the stream's next bytes, unless an answer is unfinished. */
static void stream(struct connection *connection) {
  if (connection->silent || has_unsent(connection)) return;
  connection->unsent_start = 0;
  connection->unsent_end = stream_bytes < CHUNK ? (size_t)stream_bytes : CHUNK;
  memset(connection->unsent, 's', connection->unsent_end);
  /* A line: an answer behind it begins a line of its own. */
  connection->unsent[connection->unsent_end - 1] = '\n';
  send_some(connection);
}

/* ---- Commands ---- */

static int is_meant(const struct connection *connection, const struct flatline_lab_command *command) {
  return connection->socket >= 0 && (command->port == 0 || connection->port == command->port);
}

static int has_unread(const struct connection *connection) {
  int count = 0;
  return ioctl(connection->socket, FIONREAD, &count) == 0 && count > 0;
}

static void close_gracefully(struct connection *connection) {
  /* A close with unread data would be a reset. */
  while (recv(connection->socket, connection->unsent, CHUNK, 0) > 0) {
  }
  drop(connection);
}

static void reset(struct connection *connection) {
  struct linger setting = {.l_onoff = 1, .l_linger = 0};
  setsockopt(connection->socket, SOL_SOCKET, SO_LINGER, &setting, sizeof setting);
  drop(connection);
}

static int32_t apply(const struct flatline_lab_command *command, struct connection *connection) {
  switch (command->operation) {
  case FLATLINE_LAB_PEER_COUNT:
  case FLATLINE_LAB_PEER_HAS: return 1;
  case FLATLINE_LAB_PEER_CLOSE: close_gracefully(connection); return 1;
  case FLATLINE_LAB_PEER_CLOSE_UNREAD:
    if (!has_unread(connection)) return 0;
    drop(connection);
    return 1;
  case FLATLINE_LAB_PEER_HALF_CLOSE:
    shutdown(connection->socket, SHUT_WR);
    connection->silent = 1;
    connection->unsent_start = connection->unsent_end = 0;
    return 1;
  case FLATLINE_LAB_PEER_RESET: reset(connection); return 1;
  default: return 0;
  }
}

static void obey(int control) {
  struct flatline_lab_command command;
  int no_descriptors = 0;
  int error = flatline_lab_receive(control, &command, sizeof command, NULL, &no_descriptors);
  if (error == ECONNRESET) _exit(0);
  struct flatline_lab_outcome outcome = {.number = command.number, .error = error};
  if (error == 0) {
    accept_all();
    switch (command.operation) {
    case FLATLINE_LAB_PEER_PORT: outcome.value = listening_port; break;
    case FLATLINE_LAB_PEER_BEHAVE:
      answer = command.arguments[0];
      rate = command.arguments[1];
      stream_bytes = command.arguments[2];
      stream_interval = command.arguments[3];
      stays = command.arguments[4];
      for (int i = 0; i < MAXIMUM_CONNECTIONS && !stays; i++) {
        if (connections[i].socket >= 0 && connections[i].deaf) drop(&connections[i]);
      }
      for (int i = 0; i < MAXIMUM_CONNECTIONS; i++) connections[i].credit = share_of_a_tick();
      break;
    case FLATLINE_LAB_PEER_ACCEPT:
      accepts = command.arguments[0];
      /* listen(2) again changes the room of the queue. */
      if (listen(listener, accepts ? 128 : 0) < 0) outcome.error = errno;
      accept_all();
      break;
    case FLATLINE_LAB_PEER_CONGESTION: {
      const char *name = command.name[0] != 0 ? command.name : first_congestion;
      size_t length = strnlen(name, sizeof command.name);
      if (setsockopt(listener, IPPROTO_TCP, TCP_CONGESTION, name, (socklen_t)length) < 0) outcome.error = errno;
      break;
    }
    default:
      for (int i = 0; i < MAXIMUM_CONNECTIONS; i++) {
        if (is_meant(&connections[i], &command)) outcome.value += apply(&command, &connections[i]);
      }
    }
  }
  flatline_lab_send(control, &outcome, sizeof outcome, NULL, 0);
}

/* ---- Life ---- */

static int open_listener(uint16_t port) {
  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener < 0) return errno;
  int on = 1;
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
  socklen_t length = sizeof name;
  socklen_t congestion_length = sizeof first_congestion - 1;
  if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0) return errno;
  if (getsockopt(listener, IPPROTO_TCP, TCP_CONGESTION, first_congestion, &congestion_length) < 0) return errno;
  if (bind(listener, (struct sockaddr *)&name, sizeof name) < 0) return errno;
  if (listen(listener, 128) < 0) return errno;
  if (getsockname(listener, (struct sockaddr *)&name, &length) < 0) return errno;
  listening_port = ntohs(name.sin_port);
  return 0;
}

static void feed_slow_readers(int64_t *next_tick) {
  if (rate <= 0 || now_in_milliseconds() < *next_tick) return;
  *next_tick = now_in_milliseconds() + TICK;
  for (int i = 0; i < MAXIMUM_CONNECTIONS; i++) connections[i].credit = share_of_a_tick();
}

/* Streams where it is time. Returns the milliseconds to the next time; -1 without a stream. */
static int feed_streams(int64_t *next_write) {
  if (stream_bytes <= 0) return -1;
  int64_t now = now_in_milliseconds();
  if (now >= *next_write) {
    *next_write = now + stream_interval;
    for (int i = 0; i < MAXIMUM_CONNECTIONS; i++) {
      if (connections[i].socket >= 0) stream(&connections[i]);
    }
  }
  return (int)(*next_write - now);
}

/* The longest wait: the earlier of the next stream write and the next tick of slow readers; -1 for neither. */
static int patience(int to_next_write) {
  if (rate <= 0) return to_next_write;
  return to_next_write < 0 || to_next_write > TICK ? TICK : to_next_write;
}

void flatline_lab_peer(int control, uint16_t port) {
  prctl(PR_SET_NAME, "flatline-peer");
  for (int i = 0; i < MAXIMUM_CONNECTIONS; i++) connections[i].socket = -1;
  int error = open_listener(port);
  struct flatline_lab_outcome ready = {.error = error, .value = listening_port};
  flatline_lab_send(control, &ready, sizeof ready, NULL, 0);
  if (error != 0) _exit(1);

  int64_t next_tick = 0, next_write = 0;
  while (1) {
    struct pollfd entries[2 + MAXIMUM_CONNECTIONS];
    struct connection *owners[MAXIMUM_CONNECTIONS];
    int count = 0;
    feed_slow_readers(&next_tick);
    int to_next_write = feed_streams(&next_write);
    entries[0] = (struct pollfd){.fd = control, .events = POLLIN};
    entries[1] = (struct pollfd){.fd = accepts && free_connection() != NULL ? listener : -1, .events = POLLIN};
    for (int i = 0; i < MAXIMUM_CONNECTIONS; i++) {
      struct connection *connection = &connections[i];
      if (connection->socket < 0) continue;
      short events = (short)((appetite(connection) > 0 ? POLLIN : 0) | (wants_to_send(connection) ? POLLOUT : 0));
      /* An end that nobody waits for would be reported for ever: a connection without a wish is left out. */
      entries[2 + count] = (struct pollfd){.fd = events != 0 ? connection->socket : -1, .events = events};
      owners[count++] = connection;
    }
    if (poll(entries, (nfds_t)(2 + count), patience(to_next_write)) < 0) continue;
    for (int i = 0; i < count; i++) {
      short ready_for = entries[2 + i].revents;
      if (ready_for == 0) continue;
      if (ready_for & POLLOUT) send_some(owners[i]);
      if (owners[i]->socket >= 0 && ready_for & (POLLIN | POLLHUP | POLLERR)) read_some(owners[i]);
    }
    if (entries[1].revents != 0) accept_all();
    if (entries[0].revents != 0) obey(control);
  }
}
