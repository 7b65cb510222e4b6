#include "CallbackProgram.h"

#include <flatline.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct program {
  flatline_monitor *monitor;
  int what;
  int number;
  int32_t outcome;
  int socket;
  int other;
  char *policy;
  /* Held while a watch begins, so that its ping finds its name. */
  pthread_mutex_t lock;
  flatline_connection first;
  flatline_connection second;
  atomic_int first_pings;
  atomic_int other_pings;
  atomic_int changes;
  char cause[32];
};

static void note(const flatline_change *change, void *context) {
  program *program = context;
  pthread_mutex_lock(&program->lock);
  strncpy(program->cause, change->cause ? change->cause : "", sizeof program->cause - 1);
  pthread_mutex_unlock(&program->lock);
  atomic_fetch_add(&program->changes, 1);
}

/* The peer answers each byte. */
static int32_t ping_other(void *context) {
  program *program = context;
  atomic_fetch_add(&program->other_pings, 1);
  return send(program->other, "?", 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1 ? 1 : 0;
}

static int32_t watch_other(program *program) {
  return flatline_watch_with_ping(
      program->monitor, program->other, program->policy, note, ping_other, program, &program->second, NULL);
}

static int32_t ping_first(void *context) {
  program *program = context;
  char byte;
  if (program->what == PROGRAM_RECONNECTS && recv(program->socket, &byte, 1, MSG_DONTWAIT) != 1) return 1;
  if (atomic_fetch_add(&program->first_pings, 1) + 1 != program->number) return 1;
  pthread_mutex_lock(&program->lock);
  flatline_unwatch(program->monitor, program->first);
  if (program->what == PROGRAM_RECONNECTS) shutdown(program->socket, SHUT_RDWR);
  if (program->what != PROGRAM_UNWATCHES) watch_other(program);
  pthread_mutex_unlock(&program->lock);
  return program->outcome;
}

program *program_start(int what, int number, int32_t outcome, int socket, int other, const char *policy) {
  program *program = calloc(1, sizeof *program);
  if (program == NULL) return NULL;
  program->what = what;
  program->number = number;
  program->outcome = outcome;
  program->socket = socket;
  program->other = other;
  program->policy = strdup(policy);
  pthread_mutex_init(&program->lock, NULL);
  int32_t code = flatline_monitor_create(0, &program->monitor, NULL);
  if (code == FLATLINE_OK) {
    pthread_mutex_lock(&program->lock);
    code = flatline_watch_with_ping(
        program->monitor, socket, policy, note, ping_first, program, &program->first, NULL);
    pthread_mutex_unlock(&program->lock);
  }
  if (code == FLATLINE_OK) return program;
  program_end(program);
  return NULL;
}

int32_t program_watch_other(program *program) {
  pthread_mutex_lock(&program->lock);
  int32_t code = watch_other(program);
  pthread_mutex_unlock(&program->lock);
  return code;
}

int program_first_pings(program *program) { return atomic_load(&program->first_pings); }
int program_other_pings(program *program) { return atomic_load(&program->other_pings); }
int program_changes(program *program) { return atomic_load(&program->changes); }

static int32_t verdict(program *program, const flatline_connection *connection) {
  pthread_mutex_lock(&program->lock);
  flatline_connection name = *connection;
  pthread_mutex_unlock(&program->lock);
  return flatline_verdict(program->monitor, name);
}

int32_t program_first_verdict(program *program) { return verdict(program, &program->first); }
int32_t program_other_verdict(program *program) { return verdict(program, &program->second); }

int program_has_cause(program *program, const char *cause) {
  pthread_mutex_lock(&program->lock);
  int is_same = strcmp(program->cause, cause) == 0;
  pthread_mutex_unlock(&program->lock);
  return is_same;
}

void program_end(program *program) {
  flatline_monitor_destroy(program->monitor);
  pthread_mutex_destroy(&program->lock);
  free(program->policy);
  free(program);
}
