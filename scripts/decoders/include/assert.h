/* With `string.h` and each decoder's own `stdlib.h`, all of the C library that they need. */
#define assert(expression) ((void)0)
