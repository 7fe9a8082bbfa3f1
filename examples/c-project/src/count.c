#include "count.h"

#include <ctype.h>

void count_line(struct counts *counts, struct line line)
{
    int inside = 0;
    for (size_t i = 0; i < line.length; i++) {
        int blank = isspace((unsigned char)line.start[i]);
        counts->words += !blank && !inside;
        inside = !blank;
    }
    counts->lines++;
    if (line.length > counts->longest)
        counts->longest = line.length;
}
