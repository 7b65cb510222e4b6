#include "CBenchmarks.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

/* What any program must keep: whom to tell. Indexed by descriptor. */
struct watch {
  bench_callback callback;
  void *context;
};

struct bench_loop {
  int set;
  pthread_t thread;
  pthread_mutex_t lock;
  struct watch *watches;
  int room;
};

static void *run(void *argument) {
  struct bench_loop *loop = argument;
  struct epoll_event events[256];
  for (;;) {
    int count = epoll_wait(loop->set, events, 256, -1);
    if (count < 0 && errno != EINTR) return NULL;
    for (int index = 0; index < count; index++) {
      if (!(events[index].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))) continue;
      pthread_mutex_lock(&loop->lock);
      struct watch watch = loop->watches[events[index].data.fd];
      pthread_mutex_unlock(&loop->lock);
      if (watch.callback != NULL) watch.callback(watch.context);
    }
  }
}

struct bench_loop *bench_loop_create(void) {
  struct bench_loop *loop = calloc(1, sizeof *loop);
  if (loop == NULL) return NULL;
  pthread_mutex_init(&loop->lock, NULL);
  loop->set = epoll_create1(EPOLL_CLOEXEC);
  if (loop->set < 0) return NULL;
  int error = pthread_create(&loop->thread, NULL, run, loop);
  if (error == 0) return loop;
  errno = error;
  return NULL;
}

static int make_room(struct bench_loop *loop, int descriptor) {
  if (descriptor < loop->room) return 0;
  int room = loop->room > 0 ? loop->room : 64;
  while (room <= descriptor) room *= 2;
  struct watch *watches = realloc(loop->watches, (size_t)room * sizeof *watches);
  if (watches == NULL) return ENOMEM;
  memset(watches + loop->room, 0, (size_t)(room - loop->room) * sizeof *watches);
  loop->watches = watches;
  loop->room = room;
  return 0;
}

int bench_loop_add(struct bench_loop *loop, int descriptor, bench_callback callback, void *context) {
  pthread_mutex_lock(&loop->lock);
  int error = make_room(loop, descriptor);
  if (error == 0) loop->watches[descriptor] = (struct watch){callback, context};
  pthread_mutex_unlock(&loop->lock);
  if (error != 0) return error;
  struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET, .data.fd = descriptor};
  return epoll_ctl(loop->set, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : errno;
}

int bench_loop_remove(struct bench_loop *loop, int descriptor) {
  if (epoll_ctl(loop->set, EPOLL_CTL_DEL, descriptor, NULL) != 0) return errno;
  pthread_mutex_lock(&loop->lock);
  loop->watches[descriptor] = (struct watch){NULL, NULL};
  pthread_mutex_unlock(&loop->lock);
  return 0;
}
