# A data analysis in R: one frame, to which rows are bound. usage: Rscript frames.R rbind ROWS PAUSE_S
args <- commandArgs(TRUE)
stopifnot(args[1] == "rbind")
rows <- as.integer(args[2]); pause <- as.numeric(args[3])
set.seed(4)
chunk <- function(n) data.frame(id = sample(1e9, n), price = runif(n), name = paste0("name", sample(1e6, n)))
all <- chunk(10)
sums <- c()
repeat {
  new <- chunk(round(rows * runif(1, 0.4, 1.6)))
  all <- rbind(all, new)
  sums <- tail(c(sums, sum(new$price)), 100)
  Sys.sleep(pause * runif(1, 0.5, 1.5))
}
