! Heat in a plate, step by step; every so often a frame is kept for the film at the end.
! usage: heat N STEPS_A_FRAME MOST_FRAMES (0: all are kept)
program heat
  implicit none
  real(8), allocatable :: t(:, :), film(:, :, :), more(:, :, :)
  integer :: n, every, most, frame, step, room, i
  character(len=32) :: word
  call get_command_argument(1, word); read (word, *) n
  call get_command_argument(2, word); read (word, *) every
  call get_command_argument(3, word); read (word, *) most
  allocate (t(n, n))
  t = 0; t(n/3:n/2, n/4:n/2) = 100
  room = 16
  allocate (film(n, n, room))
  frame = 0
  do
    do step = 1, every
      t(2:n - 1, 2:n - 1) = t(2:n - 1, 2:n - 1) + 0.1d0*(t(1:n - 2, 2:n - 1) + t(3:n, 2:n - 1) &
                            + t(2:n - 1, 1:n - 2) + t(2:n - 1, 3:n) - 4*t(2:n - 1, 2:n - 1))
    end do
    frame = frame + 1
    i = frame
    if (most > 0) i = mod(frame - 1, most) + 1
    if (i > room) then
      ! There is no append: a longer film is made and the old one copied into it.
      allocate (more(n, n, room + 16))
      more(:, :, 1:room) = film
      call move_alloc(more, film)
      room = room + 16
    end if
    film(:, :, i) = t
    if (mod(frame, 40) == 0) print *, frame, sum(t), maxval(film(:, :, i))
  end do
end program heat
