;; A dictionary in Guile that learns the words of every text it is shown.
;; usage: guile --no-auto-compile memo.scm WORDS_A_SECOND MOST    it forgets everything at MOST words, 0: never
(use-modules (srfi srfi-1))
(define rate (string->number (cadr (command-line))))
(define most (string->number (caddr (command-line))))
(define table (make-hash-table))
(let loop ((n 0))
  (for-each
   (lambda (i)
     (let ((word (string-append "word-" (number->string (random 1000000000)) "-" (number->string n))))
       (hash-set! table word (list n i (make-string 120 #\a)))))
   (iota (quotient rate 5)))
  (when (and (> most 0) (> (hash-count (const #t) table) most)) (hash-clear! table))
  (usleep 200000)
  (loop (+ n 1)))
