#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

/* A line without its newline; the bytes belong to whoever read them. */
struct line {
    const char *start;
    size_t length;
};

/* Cuts the next line off the `*left` bytes at `*at`; returns 0 where none is left. */
int next_line(const char **at, size_t *left, struct line *line);

#endif
