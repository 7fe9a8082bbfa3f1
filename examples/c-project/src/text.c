#include "text.h"

#include <string.h>

int next_line(const char **at, size_t *left, struct line *line)
{
    if (*left == 0)
        return 0;
    const char *end = memchr(*at, '\n', *left);
    size_t taken = end ? (size_t)(end - *at) + 1 : *left;
    line->start = *at;
    line->length = end ? taken - 1 : taken;
    *at += taken;
    *left -= taken;
    return 1;
}
