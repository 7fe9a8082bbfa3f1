#include "text.h"

#include <stdio.h>
#include <string.h>

static int failures;

static void check(int good, const char *what) {
  printf("%s: %s\n", good ? "ok" : "FAILED", what);
  failures += !good;
}

int main(void) {
  char text[] = "  to be  ";
  check(strcmp(trim(text), "to be") == 0, "trim removes the spaces at both ends");
  check(words("to be or not") == 4, "words counts words");
  check(words(" ") == 0, "a space is no word");
  check(words("abcdefghijklmnopqrstuvwxyz") == 2, "a word of 26 letters counts as two");
  return failures > 0;
}
