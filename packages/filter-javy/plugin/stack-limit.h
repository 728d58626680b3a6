/* Included before each of QuickJS's sources. QuickJS keeps no stack limit where it is told of WASI, so endless recursion would trap.
   It is told nothing, after the headers that need to know. */
#include <alloca.h>
#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <malloc.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#undef __wasi__
