/* usage: grow KIB_A_STEP STEP_MS START_MIB HOLD_S: a native leak, with freed blocks between what is kept. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  size_t step = (argc > 1 ? atol(argv[1]) : 512) * 1024UL;
  useconds_t pause = (argc > 2 ? atol(argv[2]) : 500) * 1000UL;
  size_t start = (argc > 3 ? atol(argv[3]) : 10) * 1024UL * 1024UL;
  int hold = argc > 4 ? atoi(argv[4]) : 0;
  memset(malloc(start), 1, start);
  sleep(hold);
  srand(42);
  for (;;) {
    size_t size = step / 2 + (size_t)rand() % step;
    char *scratch = malloc(size * 3);
    memset(scratch, 2, size * 3);
    memset(malloc(size), 1, size);
    free(scratch);
    usleep(pause);
  }
}
