// A parser of a small configuration language, for a fuzzer. usage: config-parser < FILE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node { char key[16]; struct node *child, *next; };

static struct node *block(const char **at, int depth) {
  struct node *first = NULL;
  while (**at && **at != '}') {
    while (isspace((unsigned char)**at) || **at == ';') ++*at;
    if (!isalpha((unsigned char)**at)) break;
    struct node *one = calloc(1, sizeof *one);
    for (int i = 0; isalnum((unsigned char)**at); ++*at) if (i < 15) one->key[i++] = **at;
    if (**at == '{' && depth < 40) {
      ++*at;
      one->child = block(at, depth + 1);
      if (**at == '}') ++*at;
    } else if (**at == '=') {
      ++*at;
      if (strncmp(*at, "include", 7) == 0 && depth > 3) puts("included");
      while (**at && **at != ';') ++*at;
    }
    one->next = first;
    first = one;
  }
  return first;
}

static int drop(struct node *one) {
  int n = 0;
  while (one) { struct node *next = one->next; n += 1 + drop(one->child); free(one); one = next; }
  return n;
}

int main(void) {
  static char text[65536];
  text[fread(text, 1, sizeof text - 1, stdin)] = 0;
  const char *at = text;
  printf("%d\n", drop(block(&at, 0)));
}
