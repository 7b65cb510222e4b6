/* A detector or a heartbeat protocol of one's own for Flatline, in C or in any language that can make these structures.
 *
 *   static void needs(const flatline_value *settings, flatline_needs *needs) { needs->period_ns = 100000000; }
 *
 *   static void examine(const flatline_look *look, const flatline_value *settings, void *state,
 *                       flatline_opinion *opinion) {
 *     if (look->end) opinion->leaning = FLATLINE_SHOWS_END;
 *   }
 *
 *   static const flatline_detector detector = {
 *       .size = sizeof detector, .name = "ends", .needs = needs, .examine = examine};
 *   static const flatline_detector *const detectors[] = {&detector};
 *   static const flatline_plugin plugin = {
 *       .size = sizeof plugin, .abi = FLATLINE_PLUGIN_ABI, .detectors = detectors, .detector_count = 1};
 *
 *   const flatline_plugin *flatline_plugin_entry(uint32_t abi) { return abi == FLATLINE_PLUGIN_ABI ? &plugin : NULL; }
 *
 * Built as a shared library, the command loads it: "flatline --plugin ./ends.so check policy.json5". A program
 * registers the same structure by flatline_register_detector (flatline.h).
 *
 * A detector decides and does not act: a look goes in, an opinion comes out. Nothing here calls Flatline. A detector
 * reads no clock, and reads, writes, sets and closes no socket; Flatline does what the opinion asks for. No function
 * may block. The calls for one connection come in order. Those for connections of different monitors may come on
 * several threads at the same time.
 *
 * What a description points to must live as long as the process, or as the monitor that it is registered with. Texts
 * are UTF-8 and end with a NUL. A look, its settings and what they point to are valid during the call only.
 *
 * The ABI: structures begin with their size, and grow at their end. A structure of the plug-in may be smaller than
 * Flatline's: missing members are 0. It may be larger where the rest is 0. In a structure of Flatline's, members that
 * this header calls later additions are there only if its size says so. Another FLATLINE_PLUGIN_ABI is another contract:
 * Flatline refuses it. */
#ifndef FLATLINE_PLUGIN_H
#define FLATLINE_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this contract. */
#define FLATLINE_PLUGIN_ABI 1

/* No next look: in opinion.next_ns. */
#define FLATLINE_NEVER UINT64_MAX

/* The most bytes of state, of facts and actions of one opinion, of options that a detector holds, and of settings. */
enum {
  FLATLINE_MOST_STATE = 1024,
  FLATLINE_MOST_FACTS = 8,
  FLATLINE_MOST_ACTIONS = 8,
  FLATLINE_MOST_OPTIONS = 8,
  FLATLINE_MOST_SETTINGS = 32
};

/* ---- Settings ---------------------------------------------------------------------------------------------------- */

/* Kinds of a setting. */
enum {
  FLATLINE_DURATION = 1, /* in policies a text with a unit, such as "250ms"; here nanoseconds */
  FLATLINE_INTEGER = 2,  /* a whole number; in policies exact up to 2^53 */
  FLATLINE_NUMBER = 3,   /* a number */
  FLATLINE_FLAG = 4,     /* true or false; here 1 or 0 */
  FLATLINE_CHOICE = 5    /* one of several texts; here its index */
};

/* The value of a setting. A number has the second member, every other kind the first. */
typedef struct flatline_value {
  int64_t integer;
  double number;
} flatline_value;

/* One setting: what a policy may give. */
typedef struct flatline_setting {
  const char *key;         /* the name in policies, such as "suspectAfter" */
  const char *summary;     /* one sentence */
  const char *choices;     /* of a choice: its texts, joined by '|'; else NULL */
  int32_t kind;            /* FLATLINE_DURATION, ... */
  int32_t reserved;        /* 0 */
  flatline_value standard; /* the default */
  flatline_value least;    /* of a duration, an integer and a number: the range, ends included */
  flatline_value most;
} flatline_setting;

/* ---- Needs ------------------------------------------------------------------------------------------------------- */

/* Readings that Flatline makes for a look. */
enum {
  FLATLINE_READ_TCP_INFO = 1, /* look.tcp_info and look.end */
  FLATLINE_READ_UNREAD = 2    /* look.unread */
};

/* What else a detector needs. */
enum {
  FLATLINE_NEEDS_RECEPTIONS = 1, /* a look when the app reports bytes that it has read */
  FLATLINE_NEEDS_DESCRIPTOR = 2, /* abstain on connections without a descriptor */
  FLATLINE_NEEDS_PINGER = 4      /* abstain on connections without a way to ping the peer's program */
};

/* When an option is held. */
enum {
  FLATLINE_ALWAYS = 0,
  FLATLINE_IF_LARGER = 1,   /* where the socket's own value is larger */
  FLATLINE_IF_ZERO_WITH = 2 /* where the socket's own value is 0 and the option "with" is held too */
};

/* A socket option to hold at a value while a connection is watched (setsockopt(2)). Flatline restores it. */
typedef struct flatline_held_option {
  int32_t level; /* SOL_SOCKET, IPPROTO_TCP, ... */
  int32_t name;  /* SO_KEEPALIVE, TCP_USER_TIMEOUT, ... */
  int32_t value;
  int32_t condition; /* FLATLINE_ALWAYS, ... */
  int32_t with_level;
  int32_t with_name;
  int32_t is_required; /* 1: the watch fails if the kernel refuses the option; 0: the option is left out */
  int32_t reserved;    /* 0 */
} flatline_held_option;

/* A detector's needs. Set beforehand to: readings FLATLINE_READ_TCP_INFO, first_look_ns -1, all else 0. */
typedef struct flatline_needs {
  uint32_t size;         /* of this structure, in bytes, as Flatline has it */
  uint32_t readings;     /* FLATLINE_READ_... */
  uint32_t readiness;    /* epoll bits that wake the detector: EPOLLIN, EPOLLRDHUP, ... (epoll_ctl(2)) */
  uint32_t others;       /* FLATLINE_NEEDS_... */
  uint64_t period_ns;    /* the longest time between two looks, at least 1 ms; 0 for looks only when opinions ask */
  int64_t first_look_ns; /* from the beginning of the watch; -1 for one period, or none without a period */
  uint64_t leeway_ns;    /* how early a look may come if the connection has a look anyway */
  uint32_t option_count;
  uint32_t reserved; /* 0 */
  flatline_held_option options[FLATLINE_MOST_OPTIONS];
  char refusal[128]; /* why these settings do not go together, in one line; "" if they do */
} flatline_needs;

/* ---- Looks ------------------------------------------------------------------------------------------------------- */

/* How the kernel ended the connection. */
enum {
  FLATLINE_OPEN = 0,
  FLATLINE_PEER_FINISHED = 1, /* the peer sent FIN: one direction */
  FLATLINE_ENDED = 2          /* both directions */
};

/* The outcome of the detector's last ping. */
enum {
  FLATLINE_PING_SENT = 0,    /* or none was asked for */
  FLATLINE_PING_NOT_NOW = 1, /* nothing was asked: the stream is not ours now. The peer is not to blame for silence */
  FLATLINE_PING_NEVER = 2,   /* this stream can never be pinged, or never again */
  FLATLINE_PING_HANDSHAKE_PENDING = 3, /* the peer has not finished a handshake: an answer not given */
  FLATLINE_PING_STREAM_FULL = 4        /* the stream takes no more bytes: nobody takes those before the ping */
};

/* One reading of TCP_INFO (tcp(7)), with the kernel's names and units. Reading it consumed nothing. */
typedef struct flatline_tcp_info {
  uint32_t size;           /* of this structure, in bytes, as Flatline has it */
  uint8_t state;           /* 1 ESTABLISHED, ... as in <netinet/tcp.h> */
  uint8_t retransmits;     /* retransmission time-outs in a row without progress */
  uint8_t probes;          /* unanswered keepalive or zero-window probes */
  uint8_t backoff;         /* doublings of the retransmission time-out in force */
  uint32_t rto;            /* microseconds */
  uint32_t unacked;        /* segments */
  uint32_t last_data_sent; /* milliseconds ago */
  uint32_t last_data_recv; /* milliseconds ago */
  uint32_t last_ack_recv;  /* milliseconds ago */
  uint32_t rtt;            /* microseconds, smoothed */
  uint32_t rttvar;         /* microseconds */
  uint32_t min_rtt;        /* microseconds; 0 before the first measurement */
  uint32_t segs_out;
  uint32_t segs_in;
  uint32_t data_segs_out; /* retransmissions included */
  uint32_t data_segs_in;
  uint32_t notsent_bytes;
  uint32_t rcv_ooopack;
  uint64_t bytes_acked;
  uint64_t bytes_received;
  uint64_t bytes_sent; /* retransmissions included */
  uint64_t bytes_retrans;
  int64_t snd_wnd; /* the peer's receive window in bytes; -1 where the kernel does not report it */
} flatline_tcp_info;

/* A socket option and its value. */
typedef struct flatline_option {
  int32_t level;
  int32_t name;
  int32_t value;
} flatline_option;

/* One look at one connection: the time, everything that woke the detector, and the readings of this turn. */
typedef struct flatline_look {
  uint32_t size;                     /* of this structure, in bytes, as Flatline has it */
  int32_t is_due;                    /* 1 if the time that the detector asked for has come */
  uint64_t now_ns;                   /* CLOCK_MONOTONIC, nanoseconds */
  uint64_t stall_ns;                 /* how long Flatline itself slept past its deadlines: not the peer's silence */
  int64_t received;                  /* bytes from the peer, as the app reported them */
  uint32_t readiness;                /* the bits that epoll reported in this turn */
  int32_t is_challenged;             /* 1 if a policy asks for the detector's opinion now */
  int32_t ping_outcome;              /* FLATLINE_PING_... */
  int32_t can_ping;                  /* 1 if there is a way to ping the peer's program */
  int32_t descriptor;                /* for readings of your own; -1 if there is none */
  int32_t end;                       /* FLATLINE_OPEN, ... */
  char end_cause[32];                /* "peerReset", ...; "" without an end */
  int64_t unread;                    /* bytes received and not yet read by the owner; -1 if not read */
  const flatline_tcp_info *tcp_info; /* NULL if needs.readings leaves it out, or the kernel refused */
  const flatline_option *options;    /* in begin: the declared options as they were before any was set */
  const flatline_option *changed;    /* options that the detector held and that other code has set since */
  uint32_t option_count;
  uint32_t changed_count;
  void *context; /* of the flatline_detector */
} flatline_look;

/* ---- Opinions ---------------------------------------------------------------------------------------------------- */

/* What an opinion says. */
enum {
  FLATLINE_UNCHANGED = 0,        /* nothing new: the standing ballot stays */
  FLATLINE_ABSTAINS = 1,         /* the standing ballot is withdrawn */
  FLATLINE_LEANS_ALIVE = 2,      /* the peer showed a sign of life */
  FLATLINE_LEANS_SUSPICIOUS = 3, /* something is wrong; it may pass */
  FLATLINE_LEANS_DEAD = 4,       /* the peer is gone, as far as this detector can tell */
  FLATLINE_SHOWS_END = 5         /* conclusive: what look.end says; layer, cause and reading are filled in */
};

/* The layer that evidence is about. */
enum {
  FLATLINE_LAYER_CONNECTION = 0, /* this socket */
  FLATLINE_LAYER_PROCESS = 1,    /* the peer's program */
  FLATLINE_LAYER_HOST = 2,       /* the peer's kernel */
  FLATLINE_LAYER_PATH = 3,       /* the network between */
  FLATLINE_LAYER_LINK = 4        /* our network interface */
};

/* Kinds of a fact. */
enum { FLATLINE_COUNT = 0, FLATLINE_LEVEL = 1, FLATLINE_SPAN = 2, FLATLINE_TEXT = 3 };

/* A reading behind evidence. */
typedef struct flatline_fact {
  char name[24];        /* lower-case words joined by '_' */
  int32_t kind;         /* FLATLINE_COUNT: value.integer; _LEVEL: value.number; _SPAN: value.integer in nanoseconds */
  int32_t reserved;     /* 0 */
  flatline_value value;
  char text[32]; /* FLATLINE_TEXT */
} flatline_fact;

/* Kinds of an action. */
enum {
  FLATLINE_PING = 1, /* sends one ping; a look with ping_outcome follows if it was not sent */
  FLATLINE_SET = 2   /* sets an option that needs.options declares, unless other code has changed it */
};

/* An action for Flatline to carry out after every detector of the connection has examined its look. */
typedef struct flatline_action {
  int32_t kind; /* FLATLINE_PING, ... */
  int32_t level;
  int32_t name;
  int32_t value;
} flatline_action;

/* A detector's answer to a look. Set beforehand to: time_ns the look's time, all else 0: nothing new.
 *
 * A wrong value never ends the process. The whole opinion is replaced: the detector abstains. Once a connection, a fact
 * "plugin_error" says which member was wrong, what was found and what is allowed. */
typedef struct flatline_opinion {
  uint32_t size;            /* of this structure, in bytes, as Flatline has it */
  int32_t leaning;          /* FLATLINE_UNCHANGED, ...; with FLATLINE_UNCHANGED the evidence below is not read */
  int32_t layer;            /* FLATLINE_LAYER_... */
  int32_t is_conclusive;    /* 1: the kernel itself has ended the connection */
  int32_t is_half_close;    /* 1: only the peer's sending direction has ended */
  uint32_t readiness;       /* the bits that epoll reported, if they were the reason */
  int32_t rests_on_reading; /* 1: the evidence shows the look's TCP_INFO */
  uint32_t fact_count;
  char cause[32];       /* "pathSilent", ... or one of your own; "" when alive or abstaining */
  uint64_t time_ns;     /* when it was observed: not later than the look */
  uint64_t lifetime_ns; /* how long the ballot stands if nothing replaces it; 0 for until it is replaced */
  uint64_t next_ns;     /* time of the next look; 0 keeps the time that is set; FLATLINE_NEVER for none */
  uint32_t action_count;
  int32_t yields; /* 1: a cause of your own gives way to one of a nearer layer, such as a lost link or a silent path */
  flatline_action actions[FLATLINE_MOST_ACTIONS];
  flatline_fact facts[FLATLINE_MOST_FACTS];
} flatline_opinion;

/* ---- Detectors --------------------------------------------------------------------------------------------------- */

/* One method of detection. Settings come in the order of their descriptions. */
typedef struct flatline_detector {
  uint32_t size;       /* sizeof(flatline_detector) */
  uint32_t state_size; /* bytes to remember of one connection, at most FLATLINE_MOST_STATE */
  const char *name;    /* in policies: lower-case letters, digits and '-', beginning with a letter */
  const flatline_setting *settings;
  uint32_t setting_count;
  uint32_t setting_size; /* sizeof(flatline_setting); may be 0 without settings */
  void *context;         /* your own, for look.context; often NULL */

  /* What the detector needs, a function of its settings only. Called once a policy. */
  void (*needs)(const flatline_value *settings, flatline_needs *needs);

  /* A connection begins to be watched. State is zeroed, aligned to 8 bytes, and may move between calls: it must not
   * hold pointers into itself. Nothing is called when a watch ends.
   * Returns 1; or 0 if the detector can never have an opinion on this connection. NULL for always 1. */
  int32_t (*begin)(const flatline_look *look, const flatline_value *settings, void *state);

  /* Something woke the detector. */
  void (*examine)(
      const flatline_look *look, const flatline_value *settings, void *state, flatline_opinion *opinion);
} flatline_detector;

/* ---- Heartbeat protocols ----------------------------------------------------------------------------------------- */

/* The most bytes of one opening, ping or reply. */
enum { FLATLINE_MOST_BYTES = 4096 };

/* The peer to ask and the identity to use. Texts that were not given are "". Valid during the call only. */
typedef struct flatline_target {
  uint32_t size; /* of this structure, in bytes, as Flatline has it */
  uint16_t port;
  uint16_t keep_alive; /* seconds */
  const char *host;
  const char *path;
  const char *user;
  const char *password; /* NULL if there is none */
  const char *database;
  const char *client_id;
  const char *subprotocol;
} flatline_target;

/* What received bytes mean. All but size is 0 beforehand. */
typedef struct flatline_reception {
  uint32_t size;        /* of this structure, in bytes, as Flatline has it */
  uint32_t pongs;       /* how many of our pings these bytes answer */
  int32_t is_ready;     /* 1: the handshake is over and the peer has not announced its end */
  uint32_t reply_count; /* bytes to send back now */
  char failure[128];    /* why the peer does not speak this protocol, or refuses us, in one line; "" if it does */
  uint8_t reply[FLATLINE_MOST_BYTES];
} flatline_reception;

/* Speaks just enough of an application protocol to ask "are you there?" and to recognise the answer. It does no input
 * or output: bytes come in and go out. A conversation keeps a bounded amount of memory whatever the peer sends. After a
 * failure, only destroy is called. One thread at a time calls for a conversation. */
typedef struct flatline_heartbeat {
  uint32_t size;     /* sizeof(flatline_heartbeat) */
  uint32_t reserved; /* 0 */
  const char *name;  /* on the command line: lower-case letters, digits and '-', beginning with a letter */

  /* A fresh conversation, which is handed to the functions below. NULL if there is no memory: it can never be pinged. */
  void *(*create)(const flatline_target *target);

  /* Frees a conversation. */
  void (*destroy)(void *conversation);

  /* Puts what to send as soon as the connection is up, and returns how many bytes that are. NULL for nothing. */
  uint32_t (*opening)(void *conversation, uint8_t bytes[FLATLINE_MOST_BYTES]);

  /* Puts the next ping, and returns how many bytes that are; 0 while the handshake is not over (which counts as an
   * answer not given), and after the peer announced its end (then the heartbeat abstains). */
  uint32_t (*ping)(void *conversation, uint8_t bytes[FLATLINE_MOST_BYTES]);

  /* Takes bytes as they arrived, in pieces of any size. */
  void (*consume)(void *conversation, const uint8_t *bytes, size_t count, flatline_reception *reception);
} flatline_heartbeat;

/* ---- The file ---------------------------------------------------------------------------------------------------- */

/* What a file has to offer. */
typedef struct flatline_plugin {
  uint32_t size; /* sizeof(flatline_plugin) */
  uint32_t abi;  /* FLATLINE_PLUGIN_ABI */
  uint32_t detector_count;
  uint32_t heartbeat_count;
  const flatline_detector *const *detectors;
  const flatline_heartbeat *const *heartbeats;
} flatline_plugin;

/* The one symbol that a file must show. Called once, with Flatline's FLATLINE_PLUGIN_ABI. Returns what lives as long as
 * the process; or NULL if the file does not know this ABI. A file that is loaded is never unloaded. */
const flatline_plugin *flatline_plugin_entry(uint32_t abi);

#ifdef __cplusplus
}
#endif

#endif
