/* Counts the lines and words of standard input, and the longest line. */

#include "report.h"

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    char *text = NULL;
    size_t used = 0, room = 0, got;
    do {
        if (used == room) {
            room = room ? 2 * room : 4096;
            char *more = realloc(text, room);
            if (!more) {
                free(text);
                fputs("tally: out of memory\n", stderr);
                return 1;
            }
            text = more;
        }
        got = fread(text + used, 1, room - used, stdin);
        used += got;
    } while (got > 0);

    struct counts counts = {0};
    struct line line;
    const char *at = text;
    while (next_line(&at, &used, &line))
        count_line(&counts, line);
    free(text);

    char out[128];
    report(out, sizeof out, &counts);
    puts(out);
    return 0;
}
