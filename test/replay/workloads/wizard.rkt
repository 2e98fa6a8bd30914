#lang racket/base
;; A form in several steps, with the continuations of Racket's web server. usage: racket wizard.rkt PORT KB never|expire
;; Each visitor leaves a continuation with about KB of answers behind; with `expire` they are thrown away after half a minute.
(require web-server/servlet web-server/servlet-env web-server/managers/none web-server/managers/timeouts racket/list)
(define words (current-command-line-arguments))
(define kb (string->number (vector-ref words 1)))
(define life (if (equal? (vector-ref words 2) "expire") 30 360000))
(define (start request)
  (define answers (for/list ([i (in-range (* kb 8))]) (make-string 24 #\a)))
  (define next
    (send/suspend
     (lambda (url) (response/xexpr `(html (body (form ([action ,url]) (input ([name "x"])) ,(number->string (length answers)))))))))
  (response/xexpr `(html (body ,(first answers)))))
(serve/servlet start
               #:port (string->number (vector-ref words 0))
               #:servlet-path "/"
               #:servlet-regexp #rx""
               #:command-line? #t
               #:manager (create-timeout-manager #f 360000 life))
