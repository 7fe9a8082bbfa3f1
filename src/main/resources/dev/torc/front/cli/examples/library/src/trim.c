#include "text.h"

#include <ctype.h>
#include <string.h>

char *trim(char *text) {
  size_t end = strlen(text);
  while (end > 0 && isspace((unsigned char)text[end - 1])) end--;
  size_t start = 0;
  while (start < end && isspace((unsigned char)text[start])) start++;
  memmove(text, text + start, end - start);
  text[end - start] = '\0';
  return text;
}
