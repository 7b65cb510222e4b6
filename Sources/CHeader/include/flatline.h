/* Flatline in C: tells a program, fast and with its reasons, that the other end of a TCP connection is gone.
 *
 *   flatline_monitor *monitor;
 *   flatline_connection connection;
 *   flatline_error error;
 *   if (flatline_monitor_create(0, &monitor, &error) != FLATLINE_OK ||
 *       flatline_watch(monitor, socket, "fast-path", on_change, context, &connection, &error) != FLATLINE_OK)
 *     fprintf(stderr, "%s\n", error.message);
 *
 * Sockets are borrowed: never closed, read or written, and their pending error is never taken. Socket options that
 * a policy holds are restored by flatline_unwatch, except those that you set meanwhile. Unwatch a socket before you
 * close it; one that is closed earlier is noticed at its next deadline, as dead with the cause "localClosed".
 *
 * Every function may be called on any thread, and from callbacks where nothing else is said. Nothing here sets
 * errno, raises a signal or ends the process. NULL is an error where it is not allowed, not a crash.
 *
 * The ABI: symbols begin with flatline_, and the shared library exports nothing else. A function, a constant and a
 * member of a structure keep their meaning and place for as long as the soname (libflatline.so.0) stays. Structures
 * that may grow begin with their size, and grow at their end. Texts are UTF-8 and end with a NUL. */
#ifndef FLATLINE_H
#define FLATLINE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header; flatline_version() tells the library's. */
#define FLATLINE_VERSION "0.1.0"

/* Results. Anything but FLATLINE_OK comes with a message. */
enum {
  FLATLINE_OK = 0,
  FLATLINE_ERROR_ARGUMENT = 1,        /* a NULL or a number that is not allowed */
  FLATLINE_ERROR_UNFIT = 2,           /* the descriptor is not a connected TCP socket */
  FLATLINE_ERROR_ALREADY_WATCHED = 3, /* this monitor watches the socket already */
  FLATLINE_ERROR_POLICY = 4,          /* there is no such policy, or the file is wrong */
  FLATLINE_ERROR_SYSTEM = 5,          /* the kernel refused; the message has its reason */
  FLATLINE_ERROR_NOT_WATCHED = 6      /* the connection is not watched any more, or never was */
};

/* What went wrong, in one line. Cut at the end of the array, never inside a character. */
typedef struct flatline_error {
  int32_t code;
  char message[508];
} flatline_error;

/* Verdicts. */
enum {
  FLATLINE_ALIVE = 0,
  FLATLINE_SUSPECT = 1,     /* something is wrong; it may recover */
  FLATLINE_HALF_CLOSED = 2, /* the peer sent FIN, and the policy lets the connection live on */
  FLATLINE_DEAD = 3
};

/* What the peer's FIN means, in flatline_options. */
enum {
  FLATLINE_FIN_AS_POLICY_SAYS = 0,
  FLATLINE_FIN_IS_DEAD = 1,       /* the connection is over */
  FLATLINE_FIN_IS_HALF_CLOSED = 2 /* the peer sends no more and may still read: the watch goes on */
};

/* Flags of flatline_monitor_create. */
enum {
  FLATLINE_DRIVEN = 1 /* no thread: your event loop polls the descriptor and calls flatline_monitor_process */
};

/* Watches any number of sockets. */
typedef struct flatline_monitor flatline_monitor;

/* Names one watch of one monitor. Never 0, and never used again. */
typedef uint64_t flatline_connection;

/* A verdict that differs from the one before. It and its texts are valid during the callback only. */
typedef struct flatline_change {
  uint32_t size; /* of this structure, in bytes, as the library has it */
  int32_t verdict;
  int32_t previous;
  int32_t half_close; /* 1 if all that is known is the peer's FIN: it may still read; else 0 */
  flatline_connection connection;
  uint64_t time_ns;   /* CLOCK_MONOTONIC, nanoseconds */
  const char *cause;  /* "peerClosed", "pathSilent", ...; NULL if alive */
  const char *reason; /* the evidence in one line, weightiest first, for people and logs; "" if alive */
  int32_t orderly;    /* 1 if the peer ended it in order and it is no failure: a FIN, nothing in flight, nothing unread, no
                         question of ours open; else 0. In libraries whose size is 56 at least */
  int32_t reserved;   /* 0 */
} flatline_change;

/* Evidence of life on a connection that was called dead without proof. The death stays: a connection that is dead gets
 * no other verdict. It and its texts are valid during the callback only. */
typedef struct flatline_mistake {
  uint32_t size;      /* of this structure, in bytes, as the library has it */
  uint32_t reserved;  /* 0 */
  flatline_connection connection;
  uint64_t time_ns;   /* CLOCK_MONOTONIC, nanoseconds */
  const char *cause;  /* of the death that was called */
  const char *reason; /* what speaks for life, in one line */
} flatline_mistake;

/* Called on the monitor's thread, or by flatline_monitor_process. Must not block: no other connection is looked at
 * meanwhile. It may watch, unwatch and shut down sockets; it must not destroy its monitor. */
typedef void (*flatline_callback)(const flatline_change *change, void *context);

/* Called like a flatline_callback, with its context. */
typedef void (*flatline_mistake_callback)(const flatline_mistake *mistake, void *context);

/* What a flatline_ping returns. */
enum {
  FLATLINE_CANNOT_PING = -1, /* this stream can never be pinged, or never again */
  FLATLINE_NOT_MY_TURN = 0,  /* the stream cannot be asked now: a request runs, half a message is written, or the
                              * connection is lent. Held against nobody: the heartbeat abstains until a ping is sent */
  FLATLINE_PINGED = 1,       /* the ping is sent; also while an earlier one still waits for its answer */
  FLATLINE_HANDSHAKE_PENDING = 2, /* the peer does not finish a handshake: an answer not given, its silence counts */
  FLATLINE_STREAM_FULL = 3        /* the stream takes no more bytes (EAGAIN): nobody takes those before, which counts */
};

/* Sends one ping on the watched stream without blocking, and returns FLATLINE_PINGED (1), or why it did not. Called like
 * a flatline_callback, at each interval of the heartbeat. Any byte that comes back is an answer. */
typedef int32_t (*flatline_ping)(void *context);

/* Options of a watch. Begin with "flatline_options options = {.size = sizeof options};" and
 * set what you need. Members that a smaller structure does not have are 0; a larger one is taken where the rest is 0. */
typedef struct flatline_options {
  uint32_t size;                        /* of this structure, in bytes, as you have it; at least 8 */
  int32_t fin;                          /* FLATLINE_FIN_... */
  flatline_ping ping;                   /* for the policy's heartbeat, as in flatline_watch_with_ping; or NULL */
  flatline_mistake_callback on_mistake; /* or NULL */
} flatline_options;

/* The library's version, such as "0.1.0". */
const char *flatline_version(void);

/* Makes a monitor, with a thread of its own unless flags say FLATLINE_DRIVEN.
 * error may be NULL. Fails with FLATLINE_ERROR_ARGUMENT, FLATLINE_ERROR_SYSTEM. */
int32_t flatline_monitor_create(uint32_t flags, flatline_monitor **monitor, flatline_error *error);

/* Ends every watch, puts the sockets' options back, and frees the monitor. No callback runs afterwards. NULL is
 * ignored. Not from a callback of this monitor. */
void flatline_monitor_destroy(flatline_monitor *monitor);

/* For FLATLINE_DRIVEN: readable (poll(2)) as soon as there is something to do. -1 if monitor is NULL. */
int flatline_monitor_descriptor(const flatline_monitor *monitor);

/* For FLATLINE_DRIVEN: does what is ready, without waiting, and calls callbacks. From a callback it does nothing. */
void flatline_monitor_process(flatline_monitor *monitor);

/* A detector in C: flatline_plugin.h. */
struct flatline_detector;

/* Adds a detector of your own to those that policies may name, for this monitor. Policies that name it are read
 * afterwards. The detector, and what it points to, must live until flatline_monitor_destroy has returned.
 * Fails with FLATLINE_ERROR_ARGUMENT for a description that is wrong, and for a name that is taken. */
int32_t flatline_register_detector(
    flatline_monitor *monitor, const struct flatline_detector *detector, flatline_error *error);

/* Loads a shared library (flatline_plugin.h) and adds its detectors, for this monitor. It is never unloaded. Loading
 * runs its code: load only what you trust. Fails with FLATLINE_ERROR_ARGUMENT. */
int32_t flatline_load_plugin(flatline_monitor *monitor, const char *file, flatline_error *error);

/* Begins to watch a connected TCP socket.
 *   policy      a name ("lan", "wan", ...), a file (with a slash, or ending in .json or .json5), or NULL for "fast-path"
 *   callback    told each verdict that differs from the one before
 *   context     handed to the callback; must live until flatline_unwatch has returned
 *   connection  set to the watch's name; may be NULL where it is only ended with its monitor
 *   error       may be NULL
 * Fails with FLATLINE_ERROR_ARGUMENT, _UNFIT, _ALREADY_WATCHED, _POLICY, _SYSTEM. */
int32_t flatline_watch(
    flatline_monitor *monitor, int descriptor, const char *policy, flatline_callback callback, void *context,
    flatline_connection *connection, flatline_error *error);

/* As flatline_watch, with a way to ask the peer's program for an answer, for the policy's heartbeat. The context is
 * the callback's. You go on reading the stream; what you read is noticed. */
int32_t flatline_watch_with_ping(
    flatline_monitor *monitor, int descriptor, const char *policy, flatline_callback callback, flatline_ping ping,
    void *context, flatline_connection *connection, flatline_error *error);

/* As flatline_watch, with options; NULL for none. The context is that of all callbacks. */
int32_t flatline_watch_with_options(
    flatline_monitor *monitor, int descriptor, const char *policy, flatline_callback callback, void *context,
    const flatline_options *options, flatline_connection *connection, flatline_error *error);

/* Ends a watch and puts the socket's options back. After it returns, no callback names the connection and none runs
 * (but the one it is called from). Does nothing for a connection that is not watched. */
void flatline_unwatch(flatline_monitor *monitor, flatline_connection connection);

/* The verdict that stands, or -1 for a connection that is not watched. */
int32_t flatline_verdict(flatline_monitor *monitor, flatline_connection connection);

/* Looks at a connection now, with every detector of its policy, on the calling thread, and returns the verdict that
 * stands then; -1 for a connection that is not watched. Callbacks run on the monitor's thread as always. From a callback,
 * the look is left to the monitor's next turn. */
int32_t flatline_look_at(flatline_monitor *monitor, flatline_connection connection);

/* Announces that a peer will be silent for a while, from now on: a failover, a restart, an upgrade. Until then silence
 * convicts nobody and makes nobody suspect. A FIN or RST, an end by the kernel, and the loss of our own link, address or
 * route still count. Afterwards silence counts afresh. A second call replaces the first; 0 ends the pause now.
 * Fails with FLATLINE_ERROR_NOT_WATCHED. */
int32_t flatline_expect_pause(flatline_monitor *monitor, flatline_connection connection, uint64_t milliseconds);

/* Shuts both directions of a watched socket down (shutdown(2)), so that threads blocked on it return. The
 * descriptor stays open. Fails with FLATLINE_ERROR_NOT_WATCHED, and touches nothing, where the connection is not
 * watched, the descriptor names another socket by now, or the kernel has ended the connection already. */
int32_t flatline_shut_down_socket(flatline_monitor *monitor, flatline_connection connection);

/* Why a pooled connection is of no more use, from flatline_is_reusable. Later versions may have more. */
enum {
  FLATLINE_REUSABLE = 0,
  FLATLINE_NOT_OPEN = 1,             /* the descriptor is not open */
  FLATLINE_NOT_TCP = 2,              /* not a TCP socket */
  FLATLINE_NOT_CONNECTED = 3,        /* it listens, connects, or never did */
  FLATLINE_CLOSED = 4,               /* both directions ended in order */
  FLATLINE_ONE_WAY = 5,              /* half-closed: one direction ended */
  FLATLINE_RESET = 6,                /* a RST, or another error that is still pending */
  FLATLINE_TIMED_OUT = 7,            /* the kernel gave up on the peer */
  FLATLINE_UNREAD = 8,               /* bytes wait that nobody asked for */
  FLATLINE_SILENT = 9,               /* data is in flight and is not acknowledged */
  FLATLINE_CONNECTED_TO_ITSELF = 10  /* both ends are this socket */
};

/* Whether an idle connection may carry another request: 1, or 0. Needs no monitor and no round trip. It costs one
 * TCP_INFO and one SIOCINQ. Nothing is consumed: bytes stay to be read, and a pending error stays for the next call.
 *   reason  set to FLATLINE_REUSABLE or the reason against it; may be NULL */
int32_t flatline_is_reusable(int descriptor, int32_t *reason);

/* A reason in a word or a few, such as "half-closed"; "unknown" for a number that is none. */
const char *flatline_reusability_text(int32_t reason);

#ifdef __cplusplus
}
#endif

#endif
