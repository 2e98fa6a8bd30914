! Measurements of stations: each station that reports for the first time gets a file of its own, which is never closed.
! usage: stations NEW_STATIONS_A_MINUTE
program stations
  implicit none
  integer :: perMinute, known, unit(20000), i, now, part
  real :: r
  character(len=32) :: name
  character(len=200) :: message
  call get_command_argument(1, name); read (name, *) perMinute
  known = 0
  do now = 1, 100000
    do part = 1, 10
      call random_number(r)
      ! New stations come in groups: a region is connected.
      if (r < perMinute/600.0*merge(3.0, 0.4, mod(now, 50) < 15)) then
        known = known + 1
        write (name, '("station", i0, ".dat")') known
        open (newunit=unit(known), file=trim(name), action='write', iomsg=message, iostat=i)
        if (i /= 0) then
          write (0, '(a)') trim(message)
          stop 1
        end if
      end if
      do i = 1, known
        call random_number(r)
        if (r < 0.1) write (unit(i), '(i0, f8.3)') now, r*400
      end do
      call execute_command_line('sleep 0.1')
    end do
  end do
end program stations
