# Answers of so many people, and a model of them. usage: Rscript survey.R PEOPLE
n <- as.integer(commandArgs(TRUE)[1])
set.seed(n)
answers <- data.frame(age = sample(18:90, n, TRUE), town = factor(sample(letters[1:12], n, TRUE)), income = rexp(n) * 3000, x = rnorm(n))
answers$score <- answers$age / 10 + rnorm(n) + answers$x
model <- lm(score ~ age + town + income + x, data = answers)
print(summary(model)$r.squared)
print(nrow(merge(answers[seq_len(n %/% 20), ], aggregate(score ~ town, answers, mean), by = "town")))
