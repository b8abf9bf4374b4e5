/* What both decoders need of the C library, with `string.h` and a `stdlib.h` of their own. */
#define assert(expression) ((void)0)
