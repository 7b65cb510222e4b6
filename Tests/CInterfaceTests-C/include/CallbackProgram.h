/* A program in C whose ping ends watches and begins others. */
#ifndef CALLBACK_PROGRAM_H
#define CALLBACK_PROGRAM_H

#include <stdint.h>

/* What the ping does when it is called for the time that counts. */
enum {
  PROGRAM_UNWATCHES = 0, /* ends its own watch */
  PROGRAM_REPLACES = 1,  /* ends its own watch, and watches the other socket with a ping */
  PROGRAM_RECONNECTS = 2 /* reads that its peer speaks another protocol, closes its socket, and then as above */
};

typedef struct program program;

/* Watches `socket` under a policy, with a ping that does `what` when it is called for the `number`th time, and then
 * returns `outcome`. NULL if that fails. */
program *program_start(int what, int number, int32_t outcome, int socket, int other, const char *policy);

/* Watches the other socket, as PROGRAM_REPLACES does in its ping. Returns flatline.h's code. */
int32_t program_watch_other(program *program);

/* How often each ping was called, and how many changes of verdict were told. */
int program_first_pings(program *program);
int program_other_pings(program *program);
int program_changes(program *program);

/* The verdicts as flatline.h numbers them; -1 for a connection that is not watched. */
int32_t program_first_verdict(program *program);
int32_t program_other_verdict(program *program);

/* Whether the last change was told with this cause. */
int program_has_cause(program *program, const char *cause);

/* Ends every watch and frees the program. */
void program_end(program *program);

#endif
