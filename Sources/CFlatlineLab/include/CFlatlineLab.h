/* The lab's own programs, and what it needs from the kernel that Swift's Glibc module cannot show. */
#ifndef CFLATLINELAB_H
#define CFLATLINELAB_H

#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>

/* ---- The agent: a process that holds a lab's namespaces (agent.c) ----

   It is asked over a SOCK_SEQPACKET socket, one request and one reply at a time. It ends, and everything that it
   started with it, when the other end of that socket is closed. */

enum {
  FLATLINE_LAB_PATH = 0,
  FLATLINE_LAB_CLIENT = 1,
  FLATLINE_LAB_SERVER = 2,
  FLATLINE_LAB_NETWORKS = 3
};

enum {
  FLATLINE_LAB_SOCKET = 1, /* arguments: domain, type, protocol. Reply: the socket. */
  FLATLINE_LAB_SPAWN = 2,  /* descriptors: words, directory, three streams, status. Reply: a pidfd. */
  FLATLINE_LAB_PEER = 3,   /* argument: port. Descriptors: control, status. Reply: a pidfd. */
  FLATLINE_LAB_CRASH = 4   /* kills what was started in the network, and waits for its end. */
};

/* The most descriptors that one message carries. */
#define FLATLINE_LAB_MAXIMUM_DESCRIPTORS 6

struct flatline_lab_request {
  uint32_t operation;
  uint32_t network;
  int32_t arguments[3];
};

struct flatline_lab_reply {
  int32_t error; /* an errno */
  int32_t step;  /* while starting: what failed, as below */
};

enum {
  FLATLINE_LAB_STEP_CLONE = 1,
  FLATLINE_LAB_STEP_USER_MAP = 2,
  FLATLINE_LAB_STEP_NETWORKS = 3
};

/* Starts an agent and waits until its namespaces are made. On success the agent's pid, our end of its socket and
   descriptors of its three network namespaces. Returns 0, or the errno of `step`. */
int flatline_lab_start(int *pid, int *control, int networks[FLATLINE_LAB_NETWORKS], int *step);

/* Waits for the end of an agent whose socket has been closed. */
void flatline_lab_wait_for_end(int pid);

/* ---- Messages with descriptors (message.c) ---- */

/* Both return 0, or the errno. A message that ends the stream is ECONNRESET. */
int flatline_lab_send(int socket, const void *bytes, size_t size, const int *descriptors, int count);
/* `count` is the room for descriptors on entry and their number on return; they are closed on exec. */
int flatline_lab_receive(int socket, void *bytes, size_t size, int *descriptors, int *count);

/* ---- The peer: the program at the server's end (peer.c) ---- */

enum {
  FLATLINE_LAB_PEER_PORT = 1,         /* reply: the port that it listens on */
  FLATLINE_LAB_PEER_BEHAVE = 2,       /* answer, bytes a second (-1: all), bytes of a stream, milliseconds between, stays */
  FLATLINE_LAB_PEER_COUNT = 3,        /* reply: connections that are open */
  FLATLINE_LAB_PEER_HAS = 4,          /* reply: whether the connection has been accepted */
  FLATLINE_LAB_PEER_CLOSE = 5,        /* reads what has come and closes */
  FLATLINE_LAB_PEER_CLOSE_UNREAD = 6, /* reply: how many were closed: those with something unread */
  FLATLINE_LAB_PEER_HALF_CLOSE = 7,
  FLATLINE_LAB_PEER_RESET = 8,
  FLATLINE_LAB_PEER_ACCEPT = 10, /* argument: 0 to leave connections in the queue, which then has room for one; 1 to take them */
  FLATLINE_LAB_PEER_CONGESTION = 9 /* the algorithm of connections to come, by name; "" is the first one's */
};

enum {
  FLATLINE_LAB_ANSWER_NOTHING = 0,
  FLATLINE_LAB_ANSWER_ECHO = 1,
  FLATLINE_LAB_ANSWER_FLOOD = 2,
  FLATLINE_LAB_ANSWER_LINE_ENDS = 3
};

struct flatline_lab_command {
  uint32_t operation;
  uint32_t number; /* comes back in the outcome: a late answer is told from the one awaited */
  uint32_t port;   /* the connection from this port; 0 is all of them */
  int32_t arguments[5];
  char name[16];
};

struct flatline_lab_outcome {
  uint32_t number;
  int32_t error; /* an errno */
  int32_t value;
};

/* ---- Small calls (calls.c). They return 0 or a result, or -errno. ---- */

int flatline_lab_socket_pair(int ends[2]);
int flatline_lab_memory_file(const void *bytes, size_t size);
int flatline_lab_signal_process(int pidfd, int signal);

/* Ends what a network card of our time would do with frames: what leaves the interface is what goes over a wire,
   with its checksum and no longer than the MTU. */
int flatline_lab_turn_offloads_off(int socket, const char *interface);

/* 1 if the interface is on and the kernel has told everybody that it has a carrier (IFF_RUNNING), else 0. */
int flatline_lab_is_running(int socket, const char *interface);

/* An AF_PACKET socket becomes the lab's port on an interface: all frames that come in, none that go out, each
   with its time of arrival. */
int flatline_lab_open_port(int socket, int interface_index);

/* How many frames the kernel has thrown away since the last call because the port had no room for them. */
int flatline_lab_take_overruns(int port);

/* A frame that came in: where it lies in the room, and when it arrived by CLOCK_MONOTONIC in nanoseconds. */
struct flatline_lab_frame {
  uint32_t length;
  uint64_t arrival;
};

/* Reads up to `limit` frames without waiting, each into its share of `share` bytes of `room`. */
#define FLATLINE_LAB_MAXIMUM_FRAMES 32
int flatline_lab_read_frames(
    int port, uint8_t *room, size_t share, struct flatline_lab_frame *frames, int limit);

/* ppoll(2) for reading: nanoseconds, -1 for as long as it takes. A bit for each descriptor that is ready. */
int flatline_lab_wait(const int *descriptors, int count, int64_t nanoseconds);

/* The calling thread's timers fire when they are due, not up to 50 us later (PR_SET_TIMERSLACK), and it waits for the
   processor as little as may be. */
void flatline_lab_be_punctual(const char *thread_name);

/* Binds a netlink socket to multicast groups, as a bit mask. */
int flatline_lab_join_groups(int socket, uint32_t groups);

/* Connects a socket to an IPv4 address, in host byte order as the port. It blocks as before when this returns. */
int flatline_lab_connect(int socket, uint32_t address, uint16_t port, int milliseconds);

#endif
