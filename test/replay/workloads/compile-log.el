;; An Emacs server in whose buffers programs write their logs. usage: emacs -Q --batch -l compile-log.el KB LINES
;; KB of text a second arrive in each of two buffers, which keep the last LINES lines (0: all of them) and, as editors do, what can be undone.
(let ((kb (string-to-number (nth 0 command-line-args-left)))
      (most (string-to-number (nth 1 command-line-args-left))))
  (dolist (name '("server" "build"))
    (let ((buffer (get-buffer-create name)))
      (with-current-buffer buffer (buffer-enable-undo))
      (make-process
       :name name :buffer buffer
       :command (list "sh" "-c" (format "while :; do head -c %d /dev/urandom | base64; sleep 1; done" (* kb 750)))
       :filter (lambda (process text)
                 (with-current-buffer (process-buffer process)
                   (goto-char (point-max))
                   (insert (propertize text 'face 'bold 'arrived (current-time)))
                   (undo-boundary)
                   (when (> most 0)
                     (goto-char (point-max))
                     (forward-line (- most))
                     (delete-region (point-min) (point))))))))
  (while t (accept-process-output nil 1)))
