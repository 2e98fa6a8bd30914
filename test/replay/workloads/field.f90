! Heat on a plate, in Fortran. usage: field N EVERY KEEP    N x N cells; every EVERY steps a checkpoint is written,
! of which the last KEEP stay (0: all of them). Each step takes a tenth of a second or so.
program field
  implicit none
  integer :: n, every, keep, step, number
  real(8), allocatable :: now(:, :), next(:, :)
  character(40) :: word, name
  call get_command_argument(1, word); read (word, *) n
  call get_command_argument(2, word); read (word, *) every
  call get_command_argument(3, word); read (word, *) keep
  allocate (now(n, n), next(n, n))
  call random_number(now)
  number = 0
  do step = 1, 1000000
    next = now
    next(2:n - 1, 2:n - 1) = 0.25d0 * (now(1:n - 2, 2:n - 1) + now(3:n, 2:n - 1) + now(2:n - 1, 1:n - 2) + now(2:n - 1, 3:n))
    now = next
    call execute_command_line('sleep 0.1')
    if (mod(step, every) == 0) then
      number = number + 1
      write (name, '(a,i0,a)') 'checkpoint', number, '.dat'
      open (10, file=trim(name), form='unformatted', access='stream')
      write (10) now
      close (10)
      if (keep > 0 .and. number > keep) then
        write (name, '(a,i0,a)') 'checkpoint', number - keep, '.dat'
        open (11, file=trim(name))
        close (11, status='delete')
      end if
    end if
  end do
end program field
