/* What liblzma's decoder needs of the C library, with `string.h` and `stdlib.h`. */
#define assert(expression) ((void)0)
