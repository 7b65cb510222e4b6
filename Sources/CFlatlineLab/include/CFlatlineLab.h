/* What the lab needs from the kernel and Swift's Glibc module cannot show. */
#ifndef CFLATLINELAB_H
#define CFLATLINELAB_H

#endif
