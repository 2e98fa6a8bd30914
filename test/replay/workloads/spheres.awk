# Writes a scene for povray: so many glass balls over a chequered floor. usage: awk -v balls=200 -f spheres.awk > scene.pov
BEGIN {
  srand(balls)
  print "#version 3.7; global_settings { assumed_gamma 1 }"
  print "camera { location <0, 6, -14> look_at <0, 2, 0> } light_source { <20, 30, -20> rgb 1 }"
  print "plane { y, 0 pigment { checker rgb 0.9, rgb 0.2 } }"
  for (i = 0; i < balls; i++)
    printf "blob { threshold 0.5 sphere { <%.2f, %.2f, %.2f>, 0.9, 1 } sphere { <%.2f, %.2f, %.2f>, 0.6, 1 } pigment { rgbt <%.2f, %.2f, 1, 0.4> } finish { reflection 0.2 } }\n", \
      rand() * 16 - 8, rand() * 5, rand() * 12, rand() * 16 - 8, rand() * 5, rand() * 12, rand(), rand()
}
