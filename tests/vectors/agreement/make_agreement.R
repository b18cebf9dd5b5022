# Writes agreement.json: statistics of agreement as R's psych computes them, for
# agreement_test.cc. Debian: r-base-core, r-cran-psych, r-cran-jsonlite. Run it in this
# folder: Rscript make_agreement.R
#
# A case is a list of visits; a visit is a list of pairs of levels and of pairs of sheet means. Kappa is
# computed over each pair in both orders; intervals over visits drawn by the minimal standard generator,
# which is exact in doubles, so that both languages draw the same visits.
suppressMessages(library(psych))
library(jsonlite)

kappa_of <- function(visits) {
  pairs <- do.call(rbind, lapply(visits, function(v) v$levels))
  both <- rbind(pairs, pairs[, c(2, 1), drop = FALSE])
  if (length(unique(as.vector(both))) < 2) return(NULL)
  levels <- seq(min(both), max(both))
  table <- table(factor(both[, 1], levels), factor(both[, 2], levels))
  suppressWarnings(cohen.kappa(table, n.obs = sum(table)))$weighted.kappa
}

icc_of <- function(visits) {
  sheets <- do.call(rbind, lapply(visits, function(v) v$sheets))
  if (nrow(sheets) < 2 || length(unique(as.vector(sheets))) < 2) return(NULL)
  results <- suppressWarnings(ICC(sheets, lmer = FALSE, missing = FALSE))$results
  results$ICC[results$type == "ICC2"]
}

interval_of <- function(visits, statistic, seed, draws) {
  state <- seed
  values <- c()
  for (draw in seq_len(draws)) {
    drawn <- list()
    for (i in seq_along(visits)) {
      state <- (16807 * state) %% 2147483647
      drawn[[i]] <- visits[[state %% length(visits) + 1]]
    }
    value <- statistic(drawn)
    if (!is.null(value) && is.finite(value)) values <- c(values, value)
  }
  unname(quantile(values, c(0.025, 0.975), type = 7))
}

# Levels of a lesson as two or three observers with some error would give them.
visit <- function(elements, observers, levels, error) {
  truth <- sample(levels, elements, replace = TRUE)
  sheets <- sapply(seq_len(observers), function(o) {
    off <- sample(c(-1, 0, 1), elements, replace = TRUE, prob = c(error, 1 - 2 * error, error))
    pmin(levels, pmax(1, truth + off))
  })
  pairs <- combn(observers, 2)
  list(
    levels = do.call(rbind, lapply(seq_len(ncol(pairs)), function(p) sheets[, pairs[, p]])),
    sheets = do.call(rbind, lapply(seq_len(ncol(pairs)), function(p) colMeans(sheets[, pairs[, p]]))))
}

set.seed(20261122)
cases <- list(
  list(why = "thirty visits of two observers, four levels",
       visits = lapply(1:30, function(i) visit(9, 2, 4, 0.15))),
  list(why = "twelve visits of three observers, five levels",
       visits = lapply(1:12, function(i) visit(9, 3, 5, 0.2))),
  list(why = "much error",
       visits = lapply(1:20, function(i) visit(6, 2, 4, 0.33))),
  list(why = "one observer always a level above the other",
       visits = lapply(1:10, function(i) {
         a <- sample(3, 5, replace = TRUE)
         list(levels = cbind(a, a + 1), sheets = matrix(c(mean(a), mean(a) + 1), 1))
       })),
  list(why = "two observers who differ as chance would",
       visits = lapply(1:15, function(i) {
         s <- cbind(sample(4, 4, replace = TRUE), sample(4, 4, replace = TRUE))
         list(levels = s, sheets = matrix(colMeans(s), 1))
       })))

out <- lapply(cases, function(case) {
  visits <- lapply(case$visits, function(v) list(levels = unname(v$levels), sheets = unname(v$sheets)))
  pairs <- do.call(rbind, lapply(visits, function(v) v$levels))
  list(why = case$why, visits = visits, pairs = nrow(pairs),
       exact = sum(pairs[, 1] == pairs[, 2]), within_one = sum(abs(pairs[, 1] - pairs[, 2]) <= 1),
       kappa = kappa_of(visits), icc = icc_of(visits), seed = 17, draws = 200,
       kappa_interval = interval_of(visits, kappa_of, 17, 200),
       icc_interval = interval_of(visits, icc_of, 17, 200))
})
write(toJSON(list(made_with = paste("R", getRversion(), "psych", packageVersion("psych")),
                  cases = out), auto_unbox = TRUE, digits = 15), "agreement.json")
