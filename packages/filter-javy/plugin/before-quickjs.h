/* Included before each of QuickJS's sources. Told of WASI, QuickJS keeps no stack limit, so that endless recursion traps; told of no system
   that it knows, it can't measure what it has allocated, and so never collects garbage in time. So, after the headers that need to know,
   it is told another story. */
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
#define __linux__ 1
