;; A memo table in Common Lisp: results are kept by their key.
;; usage: sbcl --script memo.lisp KEYS_A_SECOND MOST    the table is cleared at MOST entries, 0: never
(let* ((args (mapcar #'parse-integer (rest sb-ext:*posix-argv*)))
       (rate (first args)) (most (second args))
       (table (make-hash-table :test #'equal)))
  (loop for second from 0 do
    (dotimes (i (floor rate 5))
      (let ((key (format nil "~a/~a" second (random 1000000000))))
        (setf (gethash key table) (loop for k below 20 collect (cons (random 1000) (random 1d0))))))
    (when (and (plusp most) (> (hash-table-count table) most)) (clrhash table))
    (sleep 0.2)))
