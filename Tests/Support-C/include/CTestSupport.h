/* What the tests' support library needs from the C library and Swift's Glibc module cannot show. */
#ifndef CTESTSUPPORT_H
#define CTESTSUPPORT_H

/* pipe2(2), both ends closed on exec. Returns 0, or the errno. */
int test_support_pipe(int ends[2]);

/* pidfd_open(2): readable once the process has ended. Returns the descriptor, or -errno. */
int test_support_open_process(int pid);

/* Starts `path` with the three standard streams given, and our own environment where `environment` is
   null. No other descriptor of ours reaches it, so that none of our sockets stays open in there. It is killed as soon
   as the calling thread ends. Returns 0, or the errno of the first step that failed. */
int test_support_spawn(
    const char *path, char *const arguments[], char *const environment[], const int streams[3],
    int *pid);

#endif
