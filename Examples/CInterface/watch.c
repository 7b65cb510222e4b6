/* Connects, sends 100 bytes every 100 ms, and says when the other end is gone. Sending alone does not tell: the
 * kernel takes bytes for a quarter of an hour.
 *
 *   watch [--unwatched] ADDRESS PORT
 *
 * Exit status: 3 the peer is gone; 0 ten seconds went by; 1 something failed. --unwatched leaves Flatline out. */
#include <arpa/inet.h>
#include <flatline.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *const names[] = {"alive", "suspect", "half-closed", "dead"};

/* Called on Flatline's thread. */
static void on_change(const flatline_change *change, void *context) {
  printf("%s -> %s %s (%s)\n", names[change->previous], names[change->verdict],
         change->cause ? change->cause : "", change->reason);
  fflush(stdout);
  if (change->verdict == FLATLINE_DEAD) atomic_store((atomic_int *)context, 1);
}

static int dial(const char *address, const char *port) {
  struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (inet_pton(AF_INET, address, &peer.sin_addr) != 1 || descriptor < 0 ||
      connect(descriptor, (struct sockaddr *)&peer, sizeof peer) != 0) {
    perror("connect");
    exit(1);
  }
  return descriptor;
}

int main(int count, char **words) {
  int unwatched = count == 4 && strcmp(words[1], "--unwatched") == 0;
  if (count != 3 + unwatched) {
    fprintf(stderr, "usage: watch [--unwatched] ADDRESS PORT\n");
    return 2;
  }
  int descriptor = dial(words[1 + unwatched], words[2 + unwatched]);

  atomic_int is_gone = 0;
  flatline_monitor *monitor = NULL;
  flatline_connection connection = 0;
  flatline_error error;
  if (!unwatched && (flatline_monitor_create(0, &monitor, &error) != FLATLINE_OK ||
                     flatline_watch(monitor, descriptor, "lan", on_change, &is_gone, &connection, &error) !=
                         FLATLINE_OK)) {
    fprintf(stderr, "watch: %s\n", error.message);
    return 1;
  }
  printf("connected, flatline %s\n", unwatched ? "left out" : flatline_version());
  fflush(stdout);

  char bytes[100] = {0};
  struct timespec pause = {.tv_nsec = 100 * 1000 * 1000};
  for (int i = 0; i < 100 && !atomic_load(&is_gone); i++) {
    if (send(descriptor, bytes, sizeof bytes, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) perror("send");
    nanosleep(&pause, NULL);
  }

  /* Unwatch before closing. */
  if (monitor) flatline_unwatch(monitor, connection);
  flatline_monitor_destroy(monitor);
  close(descriptor);
  return is_gone ? 3 : 0;
}
