// A photo album in Vala: each photo listens to the album, and so nobody frees it. usage: album PER_SECOND KB QUIET
// The leak begins after QUIET seconds: until then photos are shown without listening.
class Photo : Object {
  uint8[] pixels;
  public Photo (Album album, int kb, bool listens) {
    pixels = new uint8[kb * 1024];
    for (int i = 0; i < pixels.length; i += 512) pixels[i] = 1;
    if (listens) album.changed.connect ((size) => { pixels[(size + kb) % pixels.length] = 2; });
  }
}

class Album : Object {
  public signal void changed (int size);
}

int main (string[] words) {
  var loop = new MainLoop ();
  var album = new Album ();
  double rate = double.parse (words[1]);
  int kb = int.parse (words[2]);
  double quiet = double.parse (words[3]);
  var clock = new Timer ();
  int shown = 0;
  var photos = new Queue<Photo> ();
  Timeout.add ((uint) (1000 / rate), () => {
    photos.push_tail (new Photo (album, kb / 2 + Random.int_range (0, kb), clock.elapsed () > quiet));
    if (photos.length > 40) photos.pop_head ();
    if (++shown % 50 == 0) album.changed (shown);
    return true;
  });
  loop.run ();
  return 0;
}
