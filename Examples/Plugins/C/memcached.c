/* A heartbeat for memcached: its text protocol's "version", which every version answers with one line. */
#include <flatline_plugin.h>
#include <stdlib.h>
#include <string.h>

/* The longest line that is an answer to "version". */
enum { LONGEST = 256 };

typedef struct conversation {
  uint32_t waiting; /* pings without an answer */
  uint32_t count;   /* bytes of the line so far */
  char line[LONGEST];
} conversation;

static void *create(const flatline_target *target) {
  (void)target;
  return calloc(1, sizeof(conversation));
}

static uint32_t ping(void *memory, uint8_t bytes[FLATLINE_MOST_BYTES]) {
  conversation *conversation = memory;
  conversation->waiting++;
  memcpy(bytes, "version\r\n", 9);
  return 9;
}

/* A line has come. Anything that is a line of memcached's is an answer: an error too comes of the program. */
static void take(conversation *conversation, flatline_reception *reception) {
  static const char *const answers[] = {"VERSION ", "ERROR", "CLIENT_ERROR ", "SERVER_ERROR "};
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    size_t length = strlen(answers[i]);
    if (conversation->count < length || memcmp(conversation->line, answers[i], length)) continue;
    if (conversation->waiting == 0) return;
    conversation->waiting--;
    reception->pongs++;
    return;
  }
  strcpy(reception->failure, "a line that memcached does not send");
}

static void consume(void *memory, const uint8_t *bytes, size_t count, flatline_reception *reception) {
  conversation *conversation = memory;
  reception->is_ready = 1;
  for (size_t i = 0; i < count && !*reception->failure; i++) {
    if (bytes[i] == '\n') {
      take(conversation, reception);
      conversation->count = 0;
    } else if (conversation->count < LONGEST) {
      conversation->line[conversation->count++] = (char)bytes[i];
    } else {
      strcpy(reception->failure, "a line that is too long for memcached");
    }
  }
}

static const flatline_heartbeat heartbeat = {
    .size = sizeof heartbeat, .name = "memcached", .create = create, .destroy = free, .ping = ping, .consume = consume};
static const flatline_heartbeat *const heartbeats[] = {&heartbeat};
static const flatline_plugin plugin = {
    .size = sizeof plugin, .abi = FLATLINE_PLUGIN_ABI, .heartbeats = heartbeats, .heartbeat_count = 1};

const flatline_plugin *flatline_plugin_entry(uint32_t abi) { return abi == FLATLINE_PLUGIN_ABI ? &plugin : NULL; }
