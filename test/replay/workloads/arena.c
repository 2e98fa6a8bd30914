/* usage: arena SHAPE KIB_A_STEP STEP_MS TOP_MIB. mmap: pages touched one region after the other; realloc: one block made larger;
   pool: up to the top, then the same blocks used again; slow: each step a little smaller than the one before, without an end. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv) {
  size_t step = atol(argv[2]) * 1024UL;
  useconds_t pause = atol(argv[3]) * 1000UL;
  size_t top = atol(argv[4]) * 1024UL * 1024UL;
  size_t held = 0;
  char *block = NULL;
  srand(11);
  for (double size = step;; usleep(pause)) {
    size_t now = (size_t)(size * (0.6 + 0.8 * rand() / RAND_MAX)) & ~4095UL;
    if (now == 0) now = 4096;
    if (argv[1][0] == 's' && size > step * 0.4) size *= 0.997;
    if (argv[1][0] == 'r') {
      block = realloc(block, held + now);
      memset(block + held, 1, now);
    } else if (argv[1][0] == 'p' && held + now > top) {
      continue;
    } else {
      memset(mmap(NULL, now, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1, now);
    }
    held += now;
  }
}
