#include "text.h"

#include <ctype.h>

int words(const char *text) {
  int count = 0, length = 0;
  for (; *text; text++) {
    length = isspace((unsigned char)*text) ? 0 : length % WORD_MAX + 1;
    count += length == 1;
  }
  return count;
}
